import { PortalGate, portalSettings } from './portal';

describe('portal settings', () => {
  it('knows where a portal on this machine is', () => {
    expect(portalSettings({}, '/example')).toEqual({
      url: 'http://127.0.0.1:7007/api/ai-assurance',
      otlpUrl: 'http://127.0.0.1:7007/api/ai-assurance/otlp/v1/metrics',
      token: undefined,
      scenarioFile: undefined,
      modelDirectory: '/example/.cache',
    });
  });

  it('completes a base address of metrics and keeps a full one', () => {
    const otlpUrl = (value: string) =>
      portalSettings({ AI_ASSURANCE_OTLP_URL: value }, '').otlpUrl;
    expect(otlpUrl('http://portal/otlp/')).toBe(
      'http://portal/otlp/v1/metrics',
    );
    expect(otlpUrl('http://portal/otlp/v1/metrics')).toBe(
      'http://portal/otlp/v1/metrics',
    );
  });

  it('refuses what is no address, by the name of the variable', () => {
    expect(() => portalSettings({ AI_ASSURANCE_URL: 'portal' }, '')).toThrow(
      "AI_ASSURANCE_URL is 'portal', which is no address",
    );
  });
});

describe('portal gate', () => {
  let nowMs: number;
  let lines: string[];
  let gate: PortalGate;
  beforeEach(() => {
    nowMs = 1_000;
    lines = [];
    gate = new PortalGate(
      line => lines.push(line),
      () => nowMs,
    );
  });

  it('closes for 5 seconds after a failure, then twice as long each time, up to 60', () => {
    const waits: number[] = [];
    for (let failure = 0; failure < 6; failure++) {
      gate.failed(undefined, 'ECONNREFUSED');
      let waited = 0;
      while (!gate.isOpen()) {
        nowMs += 1_000;
        waited += 1;
      }
      waits.push(waited);
    }
    expect(waits).toEqual([5, 10, 20, 40, 60, 60]);
  });

  it('takes failures of many senders at once for one', () => {
    for (let sender = 0; sender < 30; sender++)
      gate.failed(401, 'Unauthorized');
    expect(lines).toEqual([
      'Metrics were not delivered: the portal refuses the token (401): AI_ASSURANCE_TOKEN must hold a token that its app-config knows (backend.auth.externalAccess). Trying again in 5 s.',
    ]);
    nowMs += 5_000;
    expect(gate.isOpen()).toBe(true);
  });

  it('says what was lost when the portal is back', () => {
    gate.failed(503, 'busy');
    gate.dropped();
    gate.dropped();
    gate.delivered();
    gate.delivered();
    expect(lines[1]).toBe(
      'The portal takes metrics again; 3 batches were lost meanwhile',
    );
    expect(lines).toHaveLength(2);
  });
});
