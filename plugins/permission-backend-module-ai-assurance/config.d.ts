export interface Config {
  aiAssurance?: {
    /**
     * Who holds which role of AI Assurance: full entity references of groups and users, for example
     * `group:default/model-risk`. A role that is left out is held by nobody; who holds no role sees nothing of the suite.
     */
    roles?: {
      /** Read everything the suite shows. */
      reader?: string[];
      /** Read; propose releases of, and push evidence about, what one owns. */
      contributor?: string[];
      /** Read; vote on releases; approve reference windows. */
      approver?: string[];
      /** Read; override gates and order kill switches. */
      fleetOperator?: string[];
      /** Read; export audit packs. */
      auditor?: string[];
      /** Everything. */
      administrator?: string[];
    };
  };
}
