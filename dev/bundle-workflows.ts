import { workflowBundle } from './workflow-bundle.js';

await workflowBundle();
