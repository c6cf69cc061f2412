/** An objective that the engine `prod` answers: nine of ten requests are no 5xx, over an hour. */
export const engineDocument = `apiVersion: openslo/v1
kind: SLO
metadata: { name: answers }
spec:
  service: digit-api
  indicator:
    spec:
      ratioMetric:
        counter: true
        good:
          metricSource:
            metricSourceRef: prod
            type: Prometheus
            spec: { query: 'sum(requests_total{code!~"5.."})' }
        total:
          metricSource:
            metricSourceRef: prod
            type: Prometheus
            spec: { query: 'sum(requests_total)' }
  timeWindow:
    - { duration: 1h, isRolling: true }
  budgetingMethod: Occurrences
  objectives:
    - { displayName: Good, target: 0.9 }
`;
