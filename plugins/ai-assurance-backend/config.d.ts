import { HumanDuration } from '@backstage/types';

export interface Config {
  aiAssurance?: {
    ledger?: {
      /** Name of the log in its signed heads, for example `assurance.example.com/log`. Never change it once heads exist. */
      origin?: string;
      /** File of the Ed25519 signing key (PKCS#8 PEM). Made on first start when absent and `signingKey` is not set. */
      signingKeyFile?: string;
      /**
       * The signing key itself (PKCS#8 PEM), for example from the environment.
       * @visibility secret
       */
      signingKey?: string;
      /**
       * File of the key that signed so far, so that it hands over to a new `signingKey`: it is needed for one start, and
       * taken out afterwards.
       */
      previousSigningKeyFile?: string;
      /**
       * The key that signed so far itself (PKCS#8 PEM).
       * @visibility secret
       */
      previousSigningKey?: string;
      /**
       * Id (8 hexadecimal digits) of a signing key that is lost: lets a new key take over although the old one cannot hand
       * over. Recorded as evidence. It counts for that one key only.
       */
      replaceLostKey?: string;
      /**
       * Who is notified when the ledger finds itself changed: entity references. Default: `aiAssurance.roles.administrator`.
       */
      alarmRecipients?: string[];
      /** How often the whole ledger is derived again from its stored bytes. Default 1 day. */
      checkEvery?: HumanDuration;
      /** Where heads are published outside the database, so that rewriting and truncation are found from outside. */
      publish?: (
        | {
            type: 'file';
            /** File that holds the newest head; `<path>.history` beside it grows. */
            path: string;
            /** Default 5 minutes. */
            every?: HumanDuration;
          }
        | {
            type: 'witness';
            /** Address below which the witness serves `add-checkpoint` (C2SP tlog-witness). */
            url: string;
            /** Key of the witness (C2SP cosignature, `name+id+base64`). */
            verifierKey: string;
            /** Default 5 minutes. */
            every?: HumanDuration;
          }
      )[];
      /** Time-stamp authority (RFC 3161) that is asked for a time-stamp of heads. */
      timestampAuthority?: {
        url: string;
        /** Default 1 hour. */
        every?: HumanDuration;
      };
      /** The entity under which the ledger records evidence about itself. Default `system:default/ai-assurance`. */
      entityRef?: string;
    };
    /**
     * Machines that push evidence or propose releases with a Backstage access token (`backend.auth.externalAccess`).
     * Backstage does not ask the permission policy about machines: one that is not listed here may do so for nothing.
     */
    machines?: Array<{
      /** The subject of the access token, as Backstage gives it, for example `ci-pipeline`, or `external:idp:<sub>` of a JWKS token. */
      subject: string;
      /** About which entities the machine may do what a contributor may. */
      contributor?: {
        /** Entity references in full form, for example `resource:default/digit-reader`; `*` for all. */
        subjects?: string[];
        /** Owners, for example `group:default/vision-team`: all subjects that the catalog says they own. */
        ownedBy?: string[];
      };
    }>;
    intake?: {
      /** How far ahead of the server's clock an item of evidence may lie. Default: that of telemetry, 5 minutes. */
      maxClockAhead?: HumanDuration;
      /** Largest request of evidence in bytes, after decompression. Default 4 MiB. */
      maxBodyBytes?: number;
      /** Longest stream of lines in bytes, after decompression. Default 512 MiB. */
      maxStreamBytes?: number;
      /** Evidence from Backstage's events service, topic `ai-assurance.evidence`. */
      events?: {
        /**
         * Subjects that such evidence may be about, for example `resource:default/digit-reader`; `*` for all. Nobody signs in
         * there: without this key nothing is taken.
         */
        subjects?: string[];
      };
      /** Systems that deliver to `/api/ai-assurance/webhooks/<name>` and sign what they send. */
      webhooks?: Array<{
        /** Lower-case letters, digits and dashes. */
        name: string;
        type: 'pagerduty' | 'cdevents' | 'github' | 'hmac';
        /**
         * What the sender signs with, 16 characters or more; several while it is being changed.
         * @visibility secret
         * @deepVisibility secret
         */
        secret: string | string[];
        /** How `cdevents` and `hmac` sign; the others have their own fixed way. */
        signature?: {
          /** Header with the signature. Default `x-signature-256`. */
          header?: string;
          /** Default sha256. */
          algorithm?: 'sha256' | 'sha512';
          /** Default hex. */
          encoding?: 'hex' | 'base64';
          /** Stands before the signature, for example `sha256=`. Default: nothing. */
          prefix?: string;
          /** Header with epoch seconds, which are signed before the body with a dot between. Default: no time is signed. */
          timestampHeader?: string;
          /** How far that time may lie from now. Default 300. */
          toleranceSeconds?: number;
        };
        /** Whom the sender's names stand for (`pagerduty`, `cdevents`, `github`). Goes before annotations. */
        subjectOf?: Array<{
          /** For example a PagerDuty service id, a repository `owner/name`, or the id of a CDEvents service. */
          id: string;
          /** Entity reference in full form. */
          subject: string;
        }>;
        /**
         * Annotation of entities with the sender's name of them. Default `pagerduty.com/service-id` and
         * `github.com/project-slug`; none for the others.
         */
        annotation?: string;
        /** Subjects that a sender of type `hmac` may push evidence about; `*` for all. */
        subjects?: string[];
      }>;
      quarantine?: {
        /** Most items of one sender that wait in quarantine. Default 10,000. */
        maxItems?: number;
        /** Most bytes of one sender that wait in quarantine. Default 64 MiB. */
        maxBytes?: number;
        /** How long resolved items stay listed. Default 90 days. */
        resolvedRetention?: HumanDuration;
        /** How often items are judged again whose reason may have gone by itself. Default 120. */
        replayEverySeconds?: number;
      };
    };
    retention?: {
      /** Retention rules (YAML). Default: those that come with the plugin. A rule below its legal floor refuses the start. */
      file?: string;
      /** Most items that one hourly run looks at for each rule. Default 5,000. */
      itemsPerRun?: number;
    };
    telemetry?: {
      /** Largest accepted OTLP body in bytes, after decompression. Default 8 MiB. */
      maxBodyBytes?: number;
      /** How far ahead of the server's clock a point may lie. Default 5 minutes. */
      maxClockAhead?: HumanDuration;
      /** Largest number of different segments of one metric of one subject in one minute; the rest joins `overflow`. Default 500. */
      maxSegments?: number;
      /** Largest number of cumulative streams of one metric of one subject; points of more are refused. Default 20,000. */
      maxCumulativeStreams?: number;
      /** Requests that may wait to be written at once in one process; more are asked to come back later (429). Default 500. */
      maxWaitingRequests?: number;
      /** Bytes that such requests may hold together, after decompression. Default 64 MiB. */
      maxWaitingBytes?: number;
      /**
       * How long telemetry is kept, by level: minutes (default 30 days), hours (180 days) and days (1,100 days); a coarser
       * level never shorter than a finer one. One duration alone is that of minutes.
       */
      retention?:
        | HumanDuration
        | { minute?: HumanDuration; hour?: HumanDuration; day?: HumanDuration };
      /**
       * Least number of devices that anything may be said about, at least 5 (the default). A cohort's own
       * `spec.minimumGroupSize` may raise it further.
       */
      minimumGroupSize?: number;
      /**
       * Engines that hold the telemetry of subjects, instead of the embedded windows: Prometheus and whatever has its query
       * API. A subject may name one by its annotation `ai-assurance.io/telemetry-source`, or `embedded`.
       */
      sources?: Array<{
        /** Lower-case letters, digits and hyphens. */
        name: string;
        type: 'prometheus';
        /** The part before `/api/v1`, for example `https://prometheus.example.com`. */
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
        /** Longest wait for one answer. Default 5 seconds. */
        timeout?: HumanDuration | string;
        /** Largest answer that is read, in bytes. Default 8 MiB. */
        maxAnswerBytes?: number;
        /** Largest number of samples in one answer. Default 200,000. */
        maxSamples?: number;
        /** Questions asked at once; others wait. Default 4. */
        maxConcurrent?: number;
        /** How long an answer is used again. Default 15 seconds. */
        cache?: HumanDuration | string;
        /** Finest step of a chart: whole minutes. Default 1 minute. Scrape at least twice within it. */
        step?: HumanDuration | string;
        /** Unit of the latency histogram's bounds. Default s. */
        unit?: 's' | 'ms';
        /** Entity references whose telemetry it holds; `*` for all that name no other source. */
        subjects?: string[];
        /** Labels that hold the model version and the entity reference of the cohort. */
        labels?: { version?: string; cohort?: string };
        /**
         * Expressions with places `${subject}`, `${kind}`, `${namespace}`, `${name}`, `${annotation:<key>}`, each within
         * quotes, and `${window}`. They keep the labels above; they are summed here.
         */
        queries: {
          /** Increase of the buckets of a histogram of durations, with its label `le`. */
          latency: string;
          /** Increase of the requests that failed. */
          errors?: string;
          /**
           * How many distinct devices spoke within `${window}`, by the labels of version and cohort. Without it nothing is told
           * of single cohorts, since nobody can say how many devices they are made of.
           */
          devices?: string;
        };
      }>;
    };
    /** Pace and limits of each collector, by its id. A collector becomes active by the config of its own module. */
    collectors?: {
      [id: string]: {
        /** Default true. */
        enabled?: boolean;
        /** How often each subject is asked about, at least 10. Default: as the collector says. */
        everySeconds?: number;
        /** How long one run about one subject may take, 1 to 240. Default: as the collector says. */
        timeoutSeconds?: number;
        /** Largest number of facts of one run about one subject, 1 to 5000. Default 1000. */
        maxFacts?: number;
      };
    };
    evaluations?: {
      /**
       * YAML file of the gates (kind EvaluationGates) for every service and model that names none of its own in the annotation
       * ai-assurance.io/evaluation-gates. Without it such subjects are not judged by their evaluations.
       */
      gatesFile?: string;
      /** How often evaluations are judged beside every change of their evidence. Default: 300. */
      judgeEverySeconds?: number;
    };
    incidents?: {
      /** What addresses of runbooks lie below that begin with `./` in the annotation `ai-assurance.io/runbook`. */
      runbookBaseUrl?: string;
    };
    imports?: {
      /** How large an imported report may be, unpacked, 1 to 64 MiB. Default: 16. */
      maxMebibytes?: number;
      /** How long reading one may take, 1 to 600 seconds. Default: 60. */
      maxSeconds?: number;
      /** How much memory reading one may take, 64 to 8192 MiB. Default: 768. */
      maxMemoryMebibytes?: number;
    };
    costs?: {
      /**
       * What subjects may cost. A subject's annotation `ai-assurance.io/cost-budget` may declare one too, or tighten the one
       * that is here.
       */
      budgets?: Array<{
        /** Entity reference in full form. */
        subject: string;
        /** Amount, currency (ISO 4217) and window: a calendar month of UTC, or so many days. For example `500 EUR/month`, `120 USD/7d`. */
        budget: string;
      }>;
    };
    slo?: {
      /** Default 60. */
      evaluateEverySeconds?: number;
      /** Directory with burn-rate windows (YAML) instead of those that come with the plugin. */
      burnWindowsDirectory?: string;
      /** OpenSLO documents of subjects whose entity names none by its annotation `ai-assurance.io/slo`. */
      documents?: Array<{
        /** Entity reference in full form. */
        subject: string;
        /** An http(s) URL that the backend may read, or a path on the server. */
        target: string;
      }>;
      /** What exhausted error budgets block (YAML). Default: the policy that comes with the plugin. */
      errorBudgetPolicyFile?: string;
      /** Prometheus-compatible engines that objectives may be counted by. */
      engines?: Array<{
        /** As a DataSource of OpenSLO is named. */
        name: string;
        /** Where the query API is: the part before `/api/v1`. */
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
          /** For `header`: its name. */
          name?: string;
          /**
           * For `header`: its value.
           * @visibility secret
           */
          value?: string;
        };
        /** Longest wait for one answer. Default 20 seconds, at most a minute. */
        timeout?: HumanDuration | string;
        /** Largest answer that is read, in bytes. Default 8 MiB. */
        maxAnswerBytes?: number;
        /** Largest number of samples in one answer. Default 50,000. */
        maxSamples?: number;
        /** Whole minutes that divide an hour, and at least twice as long as between two scrapes. Default 1 minute. */
        step?: HumanDuration | string;
        /** How long it keeps its samples: an objective over more is inconclusive until enough was counted. */
        retention?: HumanDuration | string;
        /** Labels by which it tells versions, cohorts and environments apart. */
        labels?: {
          version?: string;
          cohort?: string;
          environment?: string;
        };
        /**
         * How many distinct devices spoke within `${window}`, by those labels (PromQL). Without it nothing is said of single
         * cohorts, since nobody can say how many devices they are made of.
         */
        devices?: string;
      }>;
    };
    drift?: {
      /** Length of the window that is compared with the reference. Default 15 minutes. */
      currentWindow?: HumanDuration;
      /** Fewest outputs in either window for a verdict. Default 200. */
      minimumCount?: number;
      /** Chance of an alarm on unchanged data. Default 0.001. */
      falseAlarmRatio?: number;
      /** How long an approved reference may be used. Default 90 days. */
      referenceLifetime?: HumanDuration;
      /** A Prometheus-compatible engine for monitors with a query. */
      engine?: {
        baseUrl: string;
        auth?: {
          /** bearer, basic or header */
          type: string;
          /** @visibility secret */
          token?: string;
          username?: string;
          /** @visibility secret */
          password?: string;
          name?: string;
          /** @visibility secret */
          value?: string;
        };
        timeout?: HumanDuration;
        maxAnswerBytes?: number;
      };
      /** What a Parquet or CSV file of samples may cost that a monitor reads. */
      files?: {
        /** Largest file, as it comes and unpacked. Default 1024. */
        maxMebibytes?: number;
        /** Default 50 million. */
        maxRows?: number;
        /** Longest that one may take to read. Default 10 minutes. */
        timeout?: HumanDuration;
        /** Most memory that the thread which reads one may take, in MiB. At least 64; default 192. */
        maxMemoryMebibytes?: number;
      };
      /** Default 60. */
      evaluateEverySeconds?: number;
    };
    scorecards?: {
      /** Scorecard files (YAML); relative to the working directory. Default: the one that comes with the plugin. */
      files?: string[];
      /** Default 60. */
      judgeEverySeconds?: number;
    };
    approvals?: {
      /** Approval policy file (YAML). Default: the one that comes with the plugin. */
      policyFile?: string;
    };
    actions?: {
      /** The system that puts an earlier version of a service back when a fleet operator orders it. */
      rollback?: {
        /** Where orders are posted, for example `https://deploy.example.com/rollbacks/{name}`; `{kind}` and `{namespace}` too. */
        url?: string;
        /**
         * What orders are signed with, 16 characters or more; needed with url.
         * @visibility secret
         */
        secret?: string;
        /** How long an answer is waited for, 1 to 60. Default 10. */
        timeoutSeconds?: number;
        /** Services that it knows, for example `component:default/digit-api`; default: all. */
        subjects?: string[];
        /** Whether and how a rollback is undone, in words; shown before it is ordered. */
        undo?: string;
        /** Services that are rolled back through the manager of their fleet instead. Needs its module and its config. */
        fleets?: Array<{
          /** Whose module is installed and configured. */
          manager: 'hawkbit' | 'mender' | string;
          /** The service, for example `component:default/digit-reader-app`. */
          subject: string;
          /** For hawkbit: name of the distribution set; its version is the version of the service. */
          distributionSet?: string;
          /** For mender: what artifacts begin with; what follows is the version of the service. */
          artifactPrefix?: string;
          /** For mender: group of devices that is reached. */
          deviceGroup?: string;
          /** For mender: id of the filter whose devices are reached, instead of a group; needs Mender's deployments API v2. */
          filterId?: string;
          /** How long all answers to one order are waited for, 1 to 60. Default: that of rollback. */
          timeoutSeconds?: number;
          /** Whether and how it is undone, in words. Default: by rolling the version out again there. */
          undo?: string;
        }>;
      };
    };
    rollouts?: {
      /** Default 60. */
      observeEverySeconds?: number;
    };
    audit?: {
      /** Folder for exported packs. Default: `ai-assurance-packs` in the working directory. */
      directory?: string;
    };
  };
}
