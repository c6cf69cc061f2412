export interface Config {
  auth?: {
    providers?: {
      /** Named users without passwords, for a portal that only its starter can reach. */
      demo?: {
        /**
         * Offers the demo users at sign-in. The backend refuses to start with it outside development.
         * @visibility frontend
         */
        enabled?: boolean;
        /** Lets the demo users exist where NODE_ENV is not `development`. Anybody who reaches the portal can be any of them. */
        dangerouslyAllowOutsideDevelopment?: boolean;
        /** Who may be chosen. */
        users?: Array<{
          /**
           * Full entity reference of a user of the catalog.
           * @visibility frontend
           */
          entityRef: string;
          /**
           * The name to show.
           * @visibility frontend
           */
          name: string;
          /**
           * What the user does and may do, in one sentence.
           * @visibility frontend
           */
          role: string;
        }>;
      };
    };
  };
}
