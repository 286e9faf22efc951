import { presentTask } from '../presenters/task.js';
import { defineRoute, type Route } from '../http/route.js';
import { task, taskParams, taskQuery } from '../schemas/task.js';

const getTask = defineRoute({
  name: 'getTask',
  method: 'GET',
  path: '/queue/{id}',
  summary: 'Show how an accepted request is coming along',
  auth: 'anonymous',
  params: taskParams,
  query: taskQuery,
  responses: {
    200: { description: 'The task as it stands.', schema: task, headers: { Location: 'The task itself.' } },
  },
  handler: async ({ params, query, baseUrl, deps, signal }) => {
    const found = await deps.tasks.read({ taskId: params.id, waitSeconds: query.wait, signal });
    const body = presentTask(found, baseUrl);
    return { status: 200, headers: { location: body.self_url }, body };
  },
});

/** Tasks: what `queue_url` leads to. */
export const queueRoutes: readonly Route[] = [getTask];
