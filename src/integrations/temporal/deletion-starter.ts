import { type Client, WorkflowIdConflictPolicy } from '@temporalio/client';
import { nameBuild } from '../../domain/urls.js';
import type { DeletionStarter } from '../../services/ports.js';
import {
  type DeleteBuildObjectsInput,
  deletionWorkflowId,
  taskQueues,
  workflowTypes,
} from '../../workflows/contract.js';
import { bounded } from './bounded-calls.js';
import { staticSummary } from './static-summary.js';

/** As for a wake. Milliseconds. */
const patience = 2_000;

/** Starts `DeleteBuildObjects`, one run for a build at a time. */
export function createDeletionStarter(client: Client): DeletionStarter {
  return {
    async startDeletion({ buildId, productSlug, buildSlug }) {
      const input: DeleteBuildObjectsInput = { buildId };
      const build = nameBuild({ id: buildId, slug: buildSlug });
      await bounded(patience, () =>
        client.workflow.start(workflowTypes.deleteBuildObjects, {
          workflowId: deletionWorkflowId(buildId),
          workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
          taskQueue: taskQueues.keeper,
          args: [input],
          staticSummary: staticSummary(`${productSlug}: removal of ${build}`),
          staticDetails: [
            `Product **${productSlug}**, ${build}.`,
            'The build was deprecated or its upload abandoned, and no edition needs it: its objects are removed.',
          ].join('\n\n'),
          memo: { product: productSlug, build: buildSlug },
        }),
      );
    },
  };
}
