import org.codelibs.opensearch.runner.OpenSearchRunner;

/**
 * One real OpenSearch node in a process of its own, so that one node of a cluster can be killed alone.
 *
 * Arguments: its name, its folder, its HTTP port, its transport port, and, separated by commas, the
 * names and the transport addresses of all nodes of the cluster.
 */
public class OpenSearchNode {
    public static void main(String[] args) throws Exception {
        OpenSearchRunner runner = new OpenSearchRunner();
        runner.onBuild((number, settings) -> {
            settings.put("node.name", args[0]);
            settings.put("network.host", "127.0.0.1");
            settings.put("http.port", args[2]);
            settings.put("transport.port", args[3]);
            settings.putList("discovery.seed_hosts", args[5].split(","));
            settings.putList("cluster.initial_cluster_manager_nodes", args[4].split(","));
            settings.put("discovery.type", "zen");
            // A shard whose recovery lost a message when a node fell waits twice as long for it, by
            // default half an hour, before it is tried again: seen after two of three were killed.
            settings.put("indices.recovery.internal_action_timeout", "15s");
            // A build machine's full disk must not turn the indexes read-only.
            settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
        });
        runner.build(
                OpenSearchRunner.newConfigs()
                        .basePath(args[1])
                        .clusterName("hustings")
                        .numOfNode(1)
                        .disableESLogger());
        Thread.currentThread().join();
    }
}
