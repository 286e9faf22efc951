import { workflowBundle } from './workflow-bundle.js';

await workflowBundle('plain');
await workflowBundle('encrypted');
await workflowBundle('traced');
await workflowBundle('encryptedAndTraced');
