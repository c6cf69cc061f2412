/**
 * For the tests of modules that bring collectors: the bench that every collector must pass, and the stand-in that serves a
 * foreign system's API to it.
 *
 * @packageDocumentation
 */
export {
  benchCollector,
  type CollectorBenchOptions,
} from './bench/collectorBench';
export {
  startStandIn,
  type StandIn,
  type StandInAnswer,
  type StandInRequest,
  type StandInSystem,
} from './bench/standIn';
