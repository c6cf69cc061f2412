/** The services of the benchmark of the page, by number. */
export const serviceRef = (number: number): string =>
  `component:default/service-${String(number).padStart(3, '0')}`;

/** Every tenth service misses its objective: its status line has to look for what changed before. */
export const isBurning = (number: number): boolean => number % 10 === 0;

/** The objectives of a service as an OpenSLO document. */
export const objectivesOf = (number: number): string => `apiVersion: openslo/v1
kind: SLO
metadata: { name: latency }
spec:
  service: service
  indicator:
    metadata: { name: fast }
    spec:
      ratioMetric:
        counter: true
        good:
          metricSource:
            type: ai-assurance
            spec: { metric: http.server.request.duration, thresholdMs: ${
              isBurning(number) ? 5 : 5000
            } }
        total:
          metricSource:
            type: ai-assurance
            spec: { metric: http.server.request.duration }
  timeWindow: [{ duration: 1d, isRolling: true }]
  budgetingMethod: Occurrences
  objectives: [{ displayName: Latency, target: 0.95 }]
`;
