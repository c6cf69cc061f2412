export interface Config {
  aiAssurance?: {
    /**
     * Collects rollouts from Eclipse hawkBit. Without this block the collector does not run.
     */
    hawkbit?: {
      /** Where hawkBit answers, without /rest/v1: for example https://hawkbit.example.com */
      baseUrl: string;
      /** How the collector proves who it is. Needs the hawkBit permission READ_ROLLOUT and no other. */
      auth?: {
        /** basic: user and password. bearer: a token. header: a header of your own. */
        type: 'basic' | 'bearer' | 'header';
        /** User name, for basic. hawkBit expects tenant\user where it has tenants. */
        username?: string;
        /** @visibility secret */
        password?: string;
        /** @visibility secret */
        token?: string;
        /** Name of the header, for header. */
        name?: string;
        /** @visibility secret */
        value?: string;
      };
      /** How orders to put a version back prove who gives them, when not as the collector does; keys as in auth. Needs READ_REPOSITORY, READ_TARGET, READ_ROLLOUT, CREATE_ROLLOUT and HANDLE_ROLLOUT. */
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
      /** How many of the newest rollouts of each subject are asked about, 1 to 500. Default: 50. */
      maxRollouts?: number;
      /** Groups of fewer devices are left out, so that nobody can be singled out. Default and least: 5. */
      minimumGroupSize?: number;
    };
  };
}
