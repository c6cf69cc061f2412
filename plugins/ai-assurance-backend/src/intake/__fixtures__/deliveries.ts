// Bodies in the shape that the senders document; names and ids are ours.
// - PagerDuty, developer documentation, "Webhooks, Overview" (v3): Webhook Payload, data type incident
// - GitHub, "Webhook events and payloads": deployment_status, ping
// - CDEvents 0.4.1: core, continuous deployment and continuous integration events, CloudEvents binding

type Change = Record<string, unknown>;

/** An event of PagerDuty about an incident. */
export function pagerDuty(eventType: string, change: Change = {}) {
  return {
    event: {
      id: `01EVENT-${eventType}`,
      event_type: eventType,
      resource_type: 'incident',
      occurred_at: '2026-11-22T12:40:00.169Z',
      agent: {
        html_url: 'https://acme.pagerduty.com/users/PKEN',
        id: 'PKEN',
        self: 'https://api.pagerduty.com/users/PKEN',
        summary: 'Ken',
        type: 'user_reference',
      },
      client: null,
      data: {
        id: 'Q1DIGITS',
        type: 'incident',
        self: 'https://api.pagerduty.com/incidents/Q1DIGITS',
        html_url: 'https://acme.pagerduty.com/incidents/Q1DIGITS',
        number: 7,
        status: eventType.slice('incident.'.length),
        incident_key: 'a0a1a2',
        created_at: '2026-11-22T12:10:00Z',
        title: 'Digits are read slowly',
        service: {
          html_url: 'https://acme.pagerduty.com/services/PDIGITS',
          id: 'PDIGITS',
          self: 'https://api.pagerduty.com/services/PDIGITS',
          summary: 'Digit API',
          type: 'service_reference',
        },
        assignees: [],
        escalation_policy: null,
        teams: [],
        priority: null,
        urgency: 'high',
        conference_bridge: null,
        resolve_reason: null,
        ...change,
      },
    },
  };
}

/** A status of a deployment from GitHub. */
export function gitHub(
  state: string,
  change: { status?: Change; deployment?: Change; repository?: Change } = {},
) {
  return {
    action: 'created',
    deployment_status: {
      url: 'https://api.github.com/repos/example/digits/deployments/42/statuses/7',
      id: 7,
      node_id: 'DES_7',
      state,
      creator: { login: 'mira', id: 1, type: 'User' },
      description: '',
      environment: 'production',
      target_url: '',
      created_at: '2026-11-22T12:50:00Z',
      updated_at: '2026-11-22T12:50:00Z',
      deployment_url:
        'https://api.github.com/repos/example/digits/deployments/42',
      repository_url: 'https://api.github.com/repos/example/digits',
      ...change.status,
    },
    deployment: {
      url: 'https://api.github.com/repos/example/digits/deployments/42',
      id: 42,
      node_id: 'DE_42',
      task: 'deploy',
      original_environment: 'production',
      environment: 'production',
      description: null,
      created_at: '2026-11-22T12:41:00Z',
      updated_at: '2026-11-22T12:50:00Z',
      statuses_url:
        'https://api.github.com/repos/example/digits/deployments/42/statuses',
      repository_url: 'https://api.github.com/repos/example/digits',
      creator: { login: 'mira', id: 1, type: 'User' },
      sha: 'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3',
      ref: 'v7',
      payload: {},
      transient_environment: false,
      production_environment: true,
      ...change.deployment,
    },
    repository: {
      id: 1,
      name: 'digits',
      full_name: 'example/digits',
      private: true,
      ...change.repository,
    },
    sender: { login: 'mira', id: 1, type: 'User' },
  };
}

/** A CDEvent as it is: the data of a CloudEvent. */
export function cdEvent(
  type: string,
  subject: { id?: string; content: Change },
  rest: Change = {},
) {
  const [, , kind, predicate] = type.split('.');
  return {
    context: {
      version: '0.4.1',
      id: `271069a8-${kind}-${predicate}`,
      source: '/pipelines/digits',
      type,
      timestamp: '2026-11-22T12:55:05.315384Z',
    },
    subject: {
      id: subject.id ?? 'service/digit-api',
      source: '/pipelines/digits',
      type: kind,
      content: subject.content,
    },
    ...rest,
  };
}

/** The CloudEvent that carries a CDEvent, in structured mode. */
export function carried(event: ReturnType<typeof cdEvent>) {
  const { id, source, type, timestamp } = event.context;
  return {
    specversion: '1.0',
    id,
    source,
    type,
    subject: event.subject.id,
    time: timestamp,
    datacontenttype: 'application/cdevents+json',
    data: event,
  };
}
