import { unknownModeMessage } from '../../domain/tracking/tracking.js';
import { editionUrl, taskUrl } from '../../domain/urls.js';
import { keepsDefaultEdition } from '../../domain/default-edition.js';
import { LtdError } from '../../domain/errors.js';
import { createEdition } from '../../services/create-edition.js';
import { deprecateEdition } from '../../services/deprecate-edition.js';
import { findEdition, findProduct, listEditions } from '../../services/find-product.js';
import { updateEdition } from '../../services/update-edition.js';
import { presentEdition } from '../presenters/edition.js';
import { presentNotices } from '../presenters/notices.js';
import { defineRoute, type Route } from '../http/route.js';
import { changedEdition, edition, editionChange, editionDeletion, editions, newEdition } from '../schemas/edition.js';
import { errorResponse } from '../schemas/error.js';
import { exampleBuild, exampleEdition, exampleTaskId } from '../schemas/examples.js';
import { idParams, productParams, queued } from '../schemas/fields.js';

const slugVacating = new LtdError(
  'conflict',
  'Invalid edition: slug (v1) is still being vacated by the edition that had it. Please try again shortly.',
);

/** Why an edition cannot be as it is asked to be. */
const refusals = [
  'Invalid slug: a/b',
  unknownModeMessage('newest'),
  'Invalid URL: https://elsewhere.example.org/builds/17',
  `Invalid build_url: ${exampleBuild.self_url}`,
  `Build has not been uploaded: ${exampleBuild.self_url}`,
  `Build was deprecated: ${exampleBuild.self_url}`,
];

const getEditions = defineRoute({
  name: 'getEditions',
  method: 'GET',
  path: '/products/{slug}/editions/',
  summary: 'List the editions of a product',
  auth: 'anonymous',
  params: productParams,
  responses: {
    200: { description: 'The addresses of its editions; none for an unknown product.', schema: editions },
  },
  handler: async ({ params, baseUrl, deps }) => {
    const ids = await listEditions(deps, params);
    return { status: 200, body: { editions: ids.map((id) => editionUrl(baseUrl, id)) } };
  },
});

const postEdition = defineRoute({
  name: 'postEdition',
  method: 'POST',
  path: '/products/{slug}/editions/',
  summary: 'Make an edition',
  auth: 'edition',
  params: productParams,
  load: findProduct,
  body: {
    subject: 'Edition',
    schema: newEdition,
    refusals: ['Invalid Edition: missing tracked_refs', 'Invalid edition: slug (v1) already exists', ...refusals],
  },
  responses: {
    201: {
      description: 'The edition is made; its build, if it names one, and the dashboard follow.',
      schema: queued,
      headers: { Location: 'The edition.' },
    },
    409: errorResponse('An edition is still being moved away from this slug.', slugVacating),
  },
  handler: async ({ resource, body, notices, user, baseUrl, deps }) => {
    const created = await createEdition(deps, { ...body, productId: resource.id, user, baseUrl });
    return {
      status: 201,
      headers: { location: editionUrl(baseUrl, created.editionId) },
      body: { queue_url: taskUrl(baseUrl, created.taskId), ...presentNotices(notices) },
    };
  },
});

const getEdition = defineRoute({
  name: 'getEdition',
  method: 'GET',
  path: '/editions/{id}',
  summary: 'Show an edition',
  auth: 'anonymous',
  params: idParams,
  load: findEdition,
  responses: { 200: { description: 'The edition, also a deprecated one.', schema: edition } },
  handler: ({ resource, baseUrl }) => Promise.resolve({ status: 200, body: presentEdition(resource, baseUrl) }),
});

const patchEdition = defineRoute({
  name: 'patchEdition',
  method: 'PATCH',
  path: '/editions/{id}',
  summary: 'Change an edition, or what it shows',
  auth: 'edition',
  params: idParams,
  load: findEdition,
  body: {
    subject: 'Edition',
    schema: editionChange,
    refusals: [...refusals, `Edition was deprecated: ${exampleEdition.self_url}`],
  },
  responses: {
    200: {
      description: 'The edition as it is declared now; its rebuild, if it needs one, and the dashboard follow.',
      schema: changedEdition,
    },
    409: errorResponse(
      'A build is asked for while a rebuild is pending, an edition is still being moved away from the ' +
        'slug, or the default edition would lose its own.',
      new LtdError(
        'pending_rebuild',
        'This edition already has a pending rebuild, this request will not be accepted.',
        { taskId: exampleTaskId },
      ),
    ),
  },
  handler: async ({ resource, body, notices, user, baseUrl, deps }) => {
    const input = { ...body, editionId: resource.edition.id, user, baseUrl };
    const { taskId, ...updated } = await updateEdition(deps, input);
    return {
      status: 200,
      body: {
        ...presentEdition(updated, baseUrl),
        queue_url: taskUrl(baseUrl, taskId),
        ...presentNotices(notices),
      },
    };
  },
});

const deleteEdition = defineRoute({
  name: 'deleteEdition',
  method: 'DELETE',
  path: '/editions/{id}',
  summary: 'Deprecate an edition',
  auth: 'edition',
  params: idParams,
  query: editionDeletion,
  load: findEdition,
  responses: {
    200: {
      description: 'The edition is no longer listed and follows no build; the dashboard follows.',
      schema: queued,
    },
    409: errorResponse(
      'It is the default edition, and the request does not force it.',
      new LtdError('conflict', keepsDefaultEdition('?force=true')),
    ),
  },
  handler: async ({ resource, query, baseUrl, deps }) => {
    const taskId = await deprecateEdition(deps, { editionId: resource.edition.id, ...query, baseUrl });
    return { status: 200, body: { queue_url: taskUrl(baseUrl, taskId) } };
  },
});

/** Editions. */
export const editionRoutes: readonly Route[] = [getEditions, postEdition, getEdition, patchEdition, deleteEdition];
