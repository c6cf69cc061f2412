/**
 * For the tests of modules that bring collectors: the bench that every collector must pass.
 *
 * @packageDocumentation
 */
export {};
