// What the worker registers: Temporal finds workflows by the names exported here.
export { BuildDashboard } from './build-dashboard.js';
export { DeliverEvents } from './deliver-events.js';
export { RecordManifest } from './record-manifest.js';
export { DeleteBuildObjects } from './delete-build-objects.js';
export { RebuildEdition } from './rebuild-edition.js';
export { Reconcile } from './reconcile.js';
export { RegisterDomain } from './register-domain.js';
