import { temporalCli } from './temporal-cli.js';

// What `make setup` fetches ahead of its use.
await temporalCli();
