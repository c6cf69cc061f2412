export interface Config {
  aiAssurance?: {
    /**
     * Collects deployments from Mender. Without this block the collector does not run.
     */
    mender?: {
      /** Where Mender answers, without /api/management: for example https://hosted.mender.io */
      baseUrl: string;
      /** How the collector proves who it is: a personal access token of a user who may read deployments, and no more. */
      auth?: {
        /** bearer: a token, as Mender wants it. basic and header: for a proxy in front of it. */
        type: 'bearer' | 'basic' | 'header';
        /** @visibility secret */
        token?: string;
        /** User name, for basic. */
        username?: string;
        /** @visibility secret */
        password?: string;
        /** Name of the header, for header. */
        name?: string;
        /** @visibility secret */
        value?: string;
      };
      /** How orders to put a version back prove who gives them, when not as the collector does; keys as in auth. Needs the right to read, create and abort deployments. */
      rollbackAuth?: {
        type: 'basic' | 'bearer' | 'header';
        username?: string;
        /** @visibility secret */
        password?: string;
        /** @visibility secret */
        token?: string;
        name?: string;
        /** @visibility secret */
        value?: string;
      };
      /** Longest wait for one answer, as a duration. Default: 20 seconds. */
      timeout?: string | object;
      /** Largest answer that is read, in bytes. Default: 8388608. */
      maxAnswerBytes?: number;
      /** Version of the API that lists deployments: v1 is in every Mender, v2 follows it. Default: v1. */
      listApi?: 'v1' | 'v2';
      /** How far back deployments are asked for, in days, 1 to 3650. Default: 90. */
      lookbackDays?: number;
      /** How many deployments are looked through for a subject's artifacts, 1 to 10000. Default: 1000. */
      maxDeployments?: number;
      /** Deployments to fewer devices are shown without counts, so that nobody can be singled out. Default and least: 5. */
      minimumGroupSize?: number;
    };
  };
}
