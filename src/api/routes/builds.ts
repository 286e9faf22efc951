import { buildUrl, taskUrl } from '../../domain/urls.js';
import { completeBuild } from '../../services/complete-build.js';
import { deprecateBuild } from '../../services/deprecate-edition.js';
import { findBuild, findProduct, findRecorded, listBuilds } from '../../services/find-product.js';
import { registerBuild } from '../../services/register-build.js';
import { listsMediaType, presignedUploads } from '../http/media-types.js';
import { presentBuild, presentUploads } from '../presenters/build.js';
import { presentNotices } from '../presenters/notices.js';
import { defineRoute, type Route } from '../http/route.js';
import {
  acceptHeaders,
  build,
  buildWithUploads,
  buildChange,
  builds,
  deprecatedBuild,
  newBuild,
  registeredBuild,
} from '../schemas/build.js';
import { exampleBuild } from '../schemas/examples.js';
import { idParams, productParams, queued } from '../schemas/fields.js';

const location = { Location: 'The build.' };

const getBuilds = defineRoute({
  name: 'getBuilds',
  method: 'GET',
  path: '/products/{slug}/builds/',
  summary: 'List the builds of a product',
  auth: 'anonymous',
  params: productParams,
  responses: {
    200: { description: 'The addresses of its builds; none for an unknown product.', schema: builds },
  },
  handler: async ({ params, baseUrl, deps }) => {
    const ids = await listBuilds(deps, params);
    return { status: 200, body: { builds: ids.map((id) => buildUrl(baseUrl, id)) } };
  },
});

const postBuild = defineRoute({
  name: 'postBuild',
  method: 'POST',
  path: '/products/{slug}/builds/',
  summary: 'Register a build, and with the media type of presigned uploads get forms to upload it with',
  auth: 'upload',
  params: productParams,
  headers: acceptHeaders,
  load: findProduct,
  body: {
    subject: 'Build',
    schema: newBuild,
    refusals: [
      'Invalid Build: missing git_refs',
      'Invalid Build: git_refs must be an array of strings',
      'Invalid Build, slug already exists',
      'Invalid slug: a/b',
    ],
  },
  responses: {
    201: {
      description: 'The build is registered.',
      schema: registeredBuild,
      headers: location,
      accepted: {
        [presignedUploads]: {
          description:
            'With this media type in the `Accept` header the body also has the forms; its `Content-Type` ' +
            'stays `application/json`.',
          schema: buildWithUploads,
        },
      },
    },
  },
  handler: async ({ resource, headers, body, user, baseUrl, deps, ...request }) => {
    const directories = listsMediaType(headers.accept, presignedUploads) ? (body.directories ?? ['/']) : undefined;
    const input = { ...body, directories, product: resource, user, baseUrl };
    const { taskId, notices, uploads, ...registered } = await registerBuild(deps, input);
    return {
      status: 201,
      headers: { location: buildUrl(baseUrl, registered.build.id) },
      body: {
        ...presentBuild({ ...registered, recorded: null }, baseUrl),
        queue_url: taskUrl(baseUrl, taskId),
        ...presentUploads(uploads),
        ...presentNotices([...request.notices, ...notices]),
      },
    };
  },
});

const getBuild = defineRoute({
  name: 'getBuild',
  method: 'GET',
  path: '/builds/{id}',
  summary: 'Show a build',
  auth: 'anonymous',
  params: idParams,
  load: findBuild,
  responses: { 200: { description: 'The build, also a deprecated one.', schema: build } },
  handler: async ({ resource, baseUrl, deps }) => {
    const recorded = await findRecorded(deps, resource.build);
    return { status: 200, body: presentBuild({ ...resource, recorded }, baseUrl) };
  },
});

const patchBuild = defineRoute({
  name: 'patchBuild',
  method: 'PATCH',
  path: '/builds/{id}',
  summary: 'Say that a build is uploaded: every edition that tracks it shows it next',
  auth: 'upload',
  params: idParams,
  assertFound: findBuild,
  body: {
    subject: 'Build',
    schema: buildChange,
    refusals: [
      `Build was deprecated: ${exampleBuild.self_url}`,
      `Build was abandoned: ${exampleBuild.self_url}. Its upload stood still for too long: register a new ` +
        'build and upload that.',
    ],
  },
  responses: {
    200: {
      description: 'The rebuilds of the editions, and the dashboard, follow.',
      schema: queued,
      headers: location,
    },
  },
  handler: async ({ params, body, user, baseUrl, deps, ...request }) => {
    const buildId = params.id;
    const { taskId, notices } = await completeBuild(deps, { ...body, buildId, user, baseUrl });
    return {
      status: 200,
      headers: { location: buildUrl(baseUrl, buildId) },
      body: { queue_url: taskUrl(baseUrl, taskId), ...presentNotices([...request.notices, ...notices]) },
    };
  },
});

const deleteBuild = defineRoute({
  name: 'deleteBuild',
  method: 'DELETE',
  path: '/builds/{id}',
  summary: 'Deprecate a build',
  auth: 'deprecate',
  params: idParams,
  load: findBuild,
  responses: { 200: { description: 'The build is no longer listed.', schema: deprecatedBuild } },
  handler: async ({ resource, deps }) => {
    await deprecateBuild(deps, resource.build.id);
    return { status: 200, body: {} };
  },
});

/** Builds. */
export const buildRoutes: readonly Route[] = [getBuilds, postBuild, getBuild, patchBuild, deleteBuild];
