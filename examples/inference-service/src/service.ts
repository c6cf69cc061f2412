import type { Scenario } from '@ai-assurance/example-digit-reader';
import { PIXELS } from '@ai-assurance/example-digit-reader';
import express from 'express';
import type { ErrorRequestHandler, Express } from 'express';
import path from 'node:path';
import type { ServedVersion } from './liveVersion';
import { ROLLBACK_ROUTE, type Rollbacks } from './rollbacks';

/** Where digits are read. */
export const ROUTE = '/v1/digits';

/** What the service is made of. */
export interface ServiceParts {
  /** The version that takes the traffic now. */
  live(): ServedVersion;
  /** Takes orders to put an earlier version back; without it there is no such address. */
  rollbacks?: Rollbacks;
  scenario(): Scenario;
  say(line: string): void;
}

/** What is wrong with a request's body; `undefined` when nothing is. */
export function complaintAbout(body: unknown): string | undefined {
  const pixels = (body as { pixels?: unknown } | null)?.pixels;
  if (!Array.isArray(pixels))
    return `The body must be an object with pixels, an array of ${PIXELS} numbers`;
  if (pixels.length !== PIXELS)
    return `pixels must have ${PIXELS} numbers, 28 rows of 28; there are ${pixels.length}`;
  const bad = pixels.findIndex(
    pixel => typeof pixel !== 'number' || !(pixel >= 0 && pixel <= 1),
  );
  return bad >= 0
    ? `pixels[${bad}] must be a number from 0 (paper) to 1 (ink), not ${JSON.stringify(
        pixels[bad],
      )}`
    : undefined;
}

/** The digit reader behind HTTP. Every request is timed from its arrival to the end of its answer. */
export function createService({
  live,
  rollbacks,
  scenario,
  say,
}: ServiceParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok', version: live().version });
  });
  app.use(
    '/runbooks',
    express.static(
      path.join(
        path.dirname(
          require.resolve(
            '@ai-assurance/example-inference-service/package.json',
          ),
        ),
        'runbooks',
      ),
      {
        setHeaders: response => {
          // Readable in any browser; a browser would offer text/markdown for download.
          response.setHeader('content-type', 'text/plain; charset=utf-8');
        },
      },
    ),
  );

  if (rollbacks) {
    // What is signed are the bytes: they are read before anything parses them. Not part of what the service is measured by.
    app.post(
      ROLLBACK_ROUTE,
      express.raw({ type: () => true, limit: '64kb' }),
      (request, response) => {
        const bytes = Buffer.isBuffer(request.body)
          ? request.body
          : Buffer.alloc(0);
        const { status, body } = rollbacks.take(bytes, request.headers);
        response.status(status).json(body);
      },
    );
  }

  app.use((request, response, next) => {
    const startedAt = performance.now();
    // Who began an answer is who is measured by it, whoever takes the traffic when it ends.
    const served = live();
    response.locals.served = served;
    response.on('finish', () => {
      const isKnown = request.path === ROUTE;
      served.metrics.request({
        seconds: (performance.now() - startedAt) / 1000,
        method: request.method,
        route: isKnown ? ROUTE : 'unknown',
        statusCode: response.statusCode,
      });
    });
    next();
  });
  app.use(express.json({ limit: '64kb' }));

  app.post(ROUTE, (request, response, next) => {
    const complaint = complaintAbout(request.body);
    if (complaint !== undefined) {
      response
        .status(400)
        .json({ error: { code: 'BAD_PIXELS', message: complaint } });
      return;
    }
    const { pixels } = request.body as { pixels: number[] };
    const { model, version, metrics, work } = response.locals
      .served as ServedVersion;
    const asked = scenario().service;
    const image = Uint8Array.from(pixels, pixel => Math.round(pixel * 255));
    model
      .read([image], {
        // A bad set-up of the service and what the version asks for add up to the heavier of both.
        capture: {
          scale: Math.max(asked.captureScale, work.captureScale),
          denoisePasses: Math.max(asked.denoisePasses, work.denoisePasses),
        },
        repeats: Math.max(asked.repeats, work.repeats),
        atLeastMs: work.atLeastMs,
      })
      .then(([reading]) => {
        metrics.output(reading.digit, reading.confidence, reading.brightness);
        response.json({
          digit: reading.digit,
          confidence: reading.confidence,
          version,
        });
      })
      .catch(next);
  });

  app.use((request, response) => {
    response.status(404).json({
      error: {
        code: 'NOT_FOUND',
        message: `There is nothing at ${request.method} ${request.path}; digits are read at POST ${ROUTE}`,
      },
    });
  });
  const onError: ErrorRequestHandler = (error, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const status =
      typeof error?.status === 'number' &&
      error.status >= 400 &&
      error.status < 500
        ? error.status
        : 500;
    if (status === 500)
      say(
        `A request failed: ${error instanceof Error ? error.message : error}`,
      );
    const code = status === 500 ? 'READING_FAILED' : 'BAD_BODY';
    response.status(status).json({
      error: {
        code,
        message:
          status === 500
            ? 'The digit could not be read'
            : String(error.message),
      },
    });
  };
  app.use(onError);
  return app;
}
