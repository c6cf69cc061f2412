import { HumanDuration } from '@backstage/types';

/** A PromQL expression. Places such as `${subject}` stand within quotes; see the README. */
type Expression = string;

interface Query {
  /** Part of the collector's id `prometheus-<id>`: lower-case letters, digits and hyphens, at most 40. */
  id: string;
  /** What people call it. Default: the kind of evidence and the id. */
  title?: string;
  /**
   * Kinds of subjects that it is asked about. Left out: those that name it in their annotation
   * `ai-assurance.io/prometheus-queries`.
   */
  kinds?: ('ai-service' | 'ai-model' | 'edge-model' | 'device-cohort')[];
  /** How often it is asked, in seconds, at least 10. Default 300. */
  everySeconds?: number;
}

interface PeriodQuery extends Query {
  /** Length of a period; periods begin at midnight UTC and follow each other. `${window}` in expressions. */
  window:
    | '15m'
    | '30m'
    | '1h'
    | '2h'
    | '3h'
    | '4h'
    | '6h'
    | '8h'
    | '12h'
    | '1d';
  /** How long to wait after the end of a period, so that the last scrapes are in, in seconds. Default 120. */
  settleSeconds?: number;
}

export interface Config {
  aiAssurance?: {
    /** Collects evidence by queries to a Prometheus-compatible engine. Inactive without it. */
    prometheus?: {
      /** Where the query API is: the part before `/api/v1`, for example `https://prometheus.example.com`. */
      baseUrl: string;
      auth?: {
        type: 'bearer' | 'basic' | 'header';
        /**
         * For `bearer`.
         * @visibility secret
         */
        token?: string;
        /** For `basic`. */
        username?: string;
        /**
         * For `basic`.
         * @visibility secret
         */
        password?: string;
        /** For `header`: its name, for example `X-Scope-OrgID`. */
        name?: string;
        /**
         * For `header`: its value.
         * @visibility secret
         */
        value?: string;
      };
      /** Longest wait for one answer. Default 20 seconds. */
      timeout?: HumanDuration | string;
      /** Largest answer that is read, in bytes. Default 8 MiB. */
      maxAnswerBytes?: number;
      /** Largest number of samples in one answer. Default 50,000. */
      maxSamples?: number;
      queries: (
        | (PeriodQuery & {
            evidence: 'cost-report';
            /** ISO 4217 code, for example `EUR`. */
            currency: string;
            /** Where prices come from. */
            priceBasis: 'list' | 'negotiated' | 'billed' | 'estimated';
            /** Cost of the period, in units of the currency. */
            totalCost: Expression;
            /** Part of it that served nothing. */
            idleCost?: Expression;
            inferenceCount?: Expression;
            inputTokenCount?: Expression;
            outputTokenCount?: Expression;
            /** Summed over accelerators, in seconds. */
            acceleratorAllocatedSeconds?: Expression;
            /** Time in which an engine was active, summed over accelerators, in seconds. */
            acceleratorBusySeconds?: Expression;
            /** Parts of the total by what they were paid for. */
            byResource?: {
              resource:
                | 'accelerator'
                | 'cpu'
                | 'memory'
                | 'storage'
                | 'network'
                | 'hosted-model'
                | 'other';
              cost: Expression;
            }[];
          })
        | (PeriodQuery & {
            /**
             * A cost report by the metrics of OpenCost (allocation of containers, hourly prices of nodes) and of NVIDIA's
             * dcgm-exporter (DCGM_FI_PROF_GR_ENGINE_ACTIVE).
             */
            evidence: 'cluster-cost';
            currency: string;
            priceBasis: 'list' | 'negotiated' | 'billed' | 'estimated';
            /**
             * Which containers are the subject's: label matchers as within braces, for example
             * `namespace="${annotation:backstage.io/kubernetes-namespace}", container="server"`.
             */
            selector: string;
            /** The same for `DCGM_FI_PROF_GR_ENGINE_ACTIVE`. Default: as `selector`. */
            acceleratorSelector?: string;
            inferenceCount?: Expression;
            inputTokenCount?: Expression;
            outputTokenCount?: Expression;
          })
        | (PeriodQuery & {
            evidence: 'quality-report';
            /** What the data is called, for example `digit-requests`. */
            datasetId: string;
            /** Rows that came in the period. */
            rowCount?: Expression;
            checks: {
              /** What the check is called, for example `fresh-enough`. */
              check: string;
              aspect:
                | 'null-share'
                | 'unseen-category'
                | 'range'
                | 'row-count'
                | 'freshness'
                | 'schema'
                | 'uniqueness'
                | 'other';
              /** Which feature; left out: the data as a whole. */
              feature?: string;
              value: Expression;
              /** For example `ratio`, `rows` or `s`. */
              unit: string;
              /** Largest good value. */
              max?: number;
              /** Smallest good value. One of the two, or neither: then the check is inconclusive. */
              min?: number;
            }[];
          })
        | (Query & {
            evidence: 'deployment';
            /** A vector with one series for each version that reports; above 0 where it does. */
            versions: Expression;
            /** Label that holds the version. Default `version`. */
            versionLabel?: string;
            /** Label that holds the digest, written `sha256:…`. */
            digestLabel?: string;
            /** The environment that the query is about. One of the two. */
            environment?: string;
            /** Label that holds the environment. */
            environmentLabel?: string;
            /** How far back a first appearance is looked for. Default 6 hours. */
            lookback?: HumanDuration | string;
            /** How exactly it is found. Default 1 minute. */
            step?: HumanDuration | string;
          })
      )[];
    };
  };
}
