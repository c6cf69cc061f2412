import { dayMs } from '../tests/__testUtils__/house';
import { parsePolicies } from './readPolicies';

describe('policy files', () => {
  const ours = `
apiVersion: ai-assurance.io/v1
kind: ApprovalPolicy
metadata: { name: team, title: Team policy }
spec:
  appliesTo: { kinds: [ai-model] }
  approverGroups: [group:default/model-risk]
  quorum: { minimal: 1, limited: 1, high: 2 }
  excluded: [requester, repeat-voter]
  deadline: { days: 2 }
  requiredEvidence:
    - id: artifact
      question: Are the bytes known?
      evidence: { kind: io.ai-assurance.artifact.v1, version: proposed, aggregate: latest }
      require: { value: payload.sizeBytes, atLeast: 1 }
      fresh: { days: 30 }
`;

  it('a good one is read', () => {
    expect(
      parsePolicies(ours, 'p.yaml').map(({ policyId, deadline }) => [
        policyId,
        deadline,
      ]),
    ).toEqual([['team', 2 * dayMs]]);
  });

  it.each([
    [
      'excluded: [requester, repeat-voter]',
      'excluded: [repeat-voter]',
      'p.yaml: line 9: spec.excluded: must name requester and repeat-voter',
    ],
    ['high: 2', 'high: 0', 'p.yaml: line 8: spec.quorum.high: '],
    [
      'group:default/model-risk',
      'model-risk',
      'p.yaml: line 7: spec.approverGroups.0: ',
    ],
    [
      'version: proposed',
      'version: each-live',
      'p.yaml: line 14: spec.requiredEvidence.0.evidence.version: a policy asks about',
    ],
    [
      'payload.sizeBytes',
      'payload.size',
      'p.yaml: line 15: spec.requiredEvidence.0.require.value: payload.size is not a field',
    ],
  ])(
    'a fault refuses the start and names the line: %s',
    (part, wrong, message) => {
      expect(() => parsePolicies(ours.replace(part, wrong), 'p.yaml')).toThrow(
        message,
      );
    },
  );

  it('two policies of one name are refused', () => {
    expect(() => parsePolicies(`${ours}---${ours}`, 'p.yaml')).toThrow(
      'p.yaml: the policy team is defined twice',
    );
  });
});
