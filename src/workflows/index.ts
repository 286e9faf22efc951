// What the worker registers: Temporal finds workflows by the names exported here.
export { BuildDashboard } from './build-dashboard.js';
export { DeliverEvents } from './deliver-events.js';
export { LearnBuild } from './learn-build.js';
export { PurgeBuild } from './purge-build.js';
export { RebuildEdition } from './rebuild-edition.js';
export { Reconcile } from './reconcile.js';
export { RegisterDomain } from './register-domain.js';
