/** The part of autocannon that the benches use; the package ships no types. */
declare module 'autocannon' {
  export interface Options {
    url: string;
    connections?: number;
    duration?: number;
    amount?: number;
    pipelining?: number;
    method?: string;
    headers?: Record<string, string>;
    body?: string | Buffer;
    requests?: Request[];
    [option: string]: unknown;
  }
  export interface Request {
    method?: string;
    path?: string;
    headers?: Record<string, string>;
    body?: string | Buffer;
    setupRequest?: (request: Request, context: object) => Request;
    [option: string]: unknown;
  }
  export interface Result {
    errors: number;
    timeouts: number;
    non2xx: number;
    duration: number;
    '2xx': number;
    requests: { total: number; average: number };
    latency: { p50: number; p97_5: number; p99: number };
    [figure: string]: unknown;
  }
  export default function autocannon(options: Options): Promise<Result>;
}
