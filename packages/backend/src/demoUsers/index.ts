export { demoUsersModule as default } from './module';
