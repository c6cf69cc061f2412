/** Of the collectors' logic: raised when the same answers of the engine would give other facts. */
export const COLLECTOR_VERSION = '1';
