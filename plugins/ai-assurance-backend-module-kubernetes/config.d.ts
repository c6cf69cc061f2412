export interface Config {
  aiAssurance?: {
    /**
     * Collects what KServe and Argo Rollouts say, through Backstage's own Kubernetes plugin, which holds the clusters and
     * their credentials. Without this block the collector does not run; an empty one is enough.
     */
    kubernetes?: {
      /** What is looked for by label, where a subject names no object: inference-services, rollouts. Default: both. */
      resources?: ('inference-services' | 'rollouts')[];
      /** Most objects of a kind, for each subject and cluster, 1 to 1000. Default: 100. */
      maxObjects?: number;
      /** What the environment of a cluster is called, by the cluster's name, for example production. Default: the name. */
      environments?: { [cluster: string]: string };
      /** Longest wait for one answer, as a duration. Default: 20 seconds. */
      timeout?: string | object;
      /** Largest answer that is read, in bytes. Default: 8388608. */
      maxAnswerBytes?: number;
    };
  };
}
