/** Server state of datasets: their columns, rows and imports. */

import {
  type CreateCollector,
  type CreateColumn,
  type Dataset,
  type DatasetImport,
  data,
  everything,
  ifMatch,
  type UpdateColumn,
  type UpdateImport,
} from '@prox/api-client';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { queryClient, settled } from '@/shared/data/client';
import { useWrite } from '@/shared/data/write';
import { saveFile } from '@/shared/lib/save-file';
import { type Order, quoted } from './view';

/** The keys that the server names. Not in `shared/data/keys`, because the first load has that, and no room for these. */
const keys = {
  datasets: (organization: string) => ['datasets', organization],
  dataset: (dataset: string) => ['dataset', dataset],
  rows: (dataset: string) => ['rows', dataset],
  collectors: (dataset: string) => ['collectors', dataset],
  import: (id: string) => ['import', id],
  imports: (organization: string) => ['imports', organization],
};

type Target = Pick<Dataset, 'id' | 'organization_id'>;

const pathOf = ({ id, organization_id }: Target) => ({ org: organization_id, dataset: id });

export const datasetsQuery = (org: string) =>
  queryOptions({
    queryKey: keys.datasets(org),
    queryFn: ({ signal }) =>
      everything((cursor) =>
        data(
          api.GET('/api/organizations/{org}/datasets', {
            signal,
            params: { path: { org }, query: { cursor, limit: 200 } },
          }),
        ),
      ),
  });

export const datasetQuery = (org: string, dataset: string) =>
  queryOptions({
    queryKey: keys.dataset(dataset),
    queryFn: ({ signal }) =>
      data(
        api.GET('/api/organizations/{org}/datasets/{dataset}', {
          signal,
          params: { path: { org, dataset } },
        }),
      ),
  });

/** Rows of a page. */
const PAGE = 100;

export const rowsQuery = (dataset: Target, order: Order | null, filter: readonly string[]) =>
  infiniteQueryOptions({
    queryKey: [...keys.rows(dataset.id), order, filter],
    queryFn: ({ signal, pageParam: cursor }) =>
      data(
        api.GET('/api/organizations/{org}/datasets/{dataset}/rows', {
          signal,
          params: {
            path: pathOf(dataset),
            query: {
              cursor,
              limit: PAGE,
              ...(order && { sort: `${order.desc ? '-' : ''}${quoted(order.column)}` }),
              ...(filter.length > 0 && { filter: [...filter] }),
            },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    // The rows stay while the next order is fetched.
    placeholderData: (before) => before,
  });

export const useCreateDataset = (org: string) =>
  useWrite({
    intent: ['create-dataset', org],
    mutationFn: (body: { name: string; columns: CreateColumn[] }, headers) =>
      data(
        api.POST('/api/organizations/{org}/datasets', {
          headers,
          params: { path: { org } },
          body,
        }),
      ),
    onSettled: () => settled(keys.datasets(org)),
  });

export const useDeleteDataset = (org: string) =>
  useWrite({
    intent: ['delete-dataset', org],
    mutationFn: (dataset: string, headers) =>
      data(
        api.DELETE('/api/organizations/{org}/datasets/{dataset}', {
          headers,
          params: { path: { org, dataset } },
        }),
      ),
    onSettled: () => settled(keys.datasets(org)),
  });

const afterRows = (dataset: Target) => () => {
  settled(keys.rows(dataset.id));
  settled(keys.dataset(dataset.id));
  settled(keys.datasets(dataset.organization_id));
};

export type Values = Record<string, unknown>;

export const useAddRow = (dataset: Target) =>
  useWrite({
    intent: ['add-row', dataset.id],
    mutationFn: (values: Values, headers) =>
      data(
        api.POST('/api/organizations/{org}/datasets/{dataset}/rows', {
          headers,
          params: { path: pathOf(dataset) },
          body: { values: values as Record<string, never> },
        }),
      ),
    onSettled: afterRows(dataset),
  });

export const useUpdateRow = (dataset: Target) =>
  useWrite({
    intent: ['update-row', dataset.id],
    mutationFn: ({ row, values }: { row: string; values: Values }, headers) =>
      data(
        api.PATCH('/api/organizations/{org}/datasets/{dataset}/rows/{row}', {
          headers,
          params: { path: { ...pathOf(dataset), row } },
          body: { values: values as Record<string, never> },
        }),
      ),
    onSettled: afterRows(dataset),
  });

export const useDeleteRow = (dataset: Target) =>
  useWrite({
    intent: ['delete-row', dataset.id],
    mutationFn: (row: string, headers) =>
      data(
        api.DELETE('/api/organizations/{org}/datasets/{dataset}/rows/{row}', {
          headers,
          params: { path: { ...pathOf(dataset), row } },
        }),
      ),
    onSettled: afterRows(dataset),
  });

export const useCreateColumn = (dataset: Target) =>
  useWrite({
    intent: ['create-column', dataset.id],
    mutationFn: (body: CreateColumn, headers) =>
      data(
        api.POST('/api/organizations/{org}/datasets/{dataset}/columns', {
          headers,
          params: { path: pathOf(dataset) },
          body,
        }),
      ),
    onSettled: afterRows(dataset),
  });

export const useUpdateColumn = (dataset: Target) =>
  useWrite({
    intent: ['update-column', dataset.id],
    mutationFn: ({ column, body }: { column: string; body: UpdateColumn }, headers) =>
      data(
        api.PATCH('/api/organizations/{org}/datasets/{dataset}/columns/{column}', {
          headers,
          params: { path: { ...pathOf(dataset), column } },
          body,
        }),
      ),
    onSettled: afterRows(dataset),
  });

export const useDeleteColumn = (dataset: Target) =>
  useWrite({
    intent: ['delete-column', dataset.id],
    mutationFn: (column: string, headers) =>
      data(
        api.DELETE('/api/organizations/{org}/datasets/{dataset}/columns/{column}', {
          headers,
          params: { path: { ...pathOf(dataset), column } },
        }),
      ),
    onSettled: afterRows(dataset),
  });

/** What a column would lose with another type. */
export const columnPreviewQuery = (dataset: Target, column: string, type: string) =>
  queryOptions({
    queryKey: [...keys.rows(dataset.id), 'preview', column, type],
    queryFn: ({ signal }) =>
      data(
        api.GET('/api/organizations/{org}/datasets/{dataset}/columns/{column}/preview', {
          signal,
          params: {
            path: { ...pathOf(dataset), column },
            query: { type: type as Dataset['columns'][number]['type'] },
          },
        }),
      ),
  });

export const collectorsQuery = (dataset: Target) =>
  queryOptions({
    queryKey: keys.collectors(dataset.id),
    queryFn: ({ signal }) =>
      everything((cursor) =>
        data(
          api.GET('/api/organizations/{org}/datasets/{dataset}/collectors', {
            signal,
            params: { path: pathOf(dataset), query: { cursor, limit: 200 } },
          }),
        ),
      ),
  });

export const useCreateCollector = (dataset: Target) =>
  useWrite({
    intent: ['create-collector', dataset.id],
    mutationFn: (body: CreateCollector, headers) =>
      data(
        api.POST('/api/organizations/{org}/datasets/{dataset}/collectors', {
          headers,
          params: { path: pathOf(dataset) },
          body,
        }),
      ),
    onSettled: () => settled(keys.collectors(dataset.id)),
  });

export const useDeleteCollector = (dataset: Target) =>
  useWrite({
    intent: ['delete-collector', dataset.id],
    mutationFn: (collector: string, headers) =>
      data(
        api.DELETE('/api/organizations/{org}/datasets/{dataset}/collectors/{collector}', {
          headers,
          params: { path: { ...pathOf(dataset), collector } },
        }),
      ),
    onSettled: () => settled(keys.collectors(dataset.id)),
  });

/** Lets the browser save all rows. */
export async function saveRows(dataset: Dataset, format: 'csv' | 'json'): Promise<void> {
  const params = { path: pathOf(dataset) };
  const base = '/api/organizations/{org}/datasets/{dataset}/export';
  const text = await (format === 'csv'
    ? data(api.GET(`${base}.csv`, { params, parseAs: 'text' }))
    : data(api.GET(`${base}.json`, { params, parseAs: 'text' })));
  const type = format === 'csv' ? 'text/csv' : 'application/json';
  saveFile(new Blob([text], { type }), `${dataset.slug}.${format}`);
}

function remember(one: DatasetImport): void {
  queryClient.setQueryData(keys.import(one.id), one);
}

/** Bytes that a file may have. */
const MAX_FILE = 10_000_000;

export class FileTooLarge extends Error {
  constructor() {
    super('This file is larger than 10 MB. Split it, and import the parts.');
  }
}

/** Sends a file, and answers the import that has begun. */
export const useBeginImport = (org: string) =>
  useWrite({
    intent: ['begin-import', org],
    mutationFn: async ({ file, dataset }: { file: File; dataset: string | null }) => {
      if (file.size > MAX_FILE) throw new FileTooLarge();
      return data(
        api.POST('/api/organizations/{org}/imports', {
          params: {
            path: { org },
            query: { file_name: file.name, ...(dataset && { dataset }) },
          },
          // The contract says what JSON can: a text.
          body: file as unknown as string,
          bodySerializer: (body) => body as unknown as Blob,
          headers: { 'content-type': 'application/octet-stream' },
        }),
      );
    },
    onSuccess: remember,
  });

export const importQuery = (org: string, id: string) =>
  queryOptions({
    queryKey: keys.import(id),
    queryFn: ({ signal }) =>
      data(
        api.GET('/api/organizations/{org}/imports/{import}', {
          signal,
          params: { path: { org, import: id } },
        }),
      ),
  });

/** Imports that wait for somebody, or are on their way. */
export const importsQuery = (org: string) =>
  queryOptions({
    queryKey: keys.imports(org),
    queryFn: ({ signal }) =>
      everything((cursor) =>
        data(
          api.GET('/api/organizations/{org}/imports', {
            signal,
            params: { path: { org }, query: { cursor, limit: 200 } },
          }),
        ),
      ),
  });

const importPath = ({ id, organization_id }: DatasetImport) => ({
  path: { org: organization_id, import: id },
});

export const useUpdateImport = (one: DatasetImport) =>
  useWrite({
    intent: ['update-import', one.id],
    mutationFn: (body: UpdateImport, headers) =>
      data(
        api.PATCH('/api/organizations/{org}/imports/{import}', {
          headers,
          params: importPath(one),
          body,
        }),
      ),
    onSuccess: remember,
    onError: () => settled(keys.import(one.id)),
  });

export type ImportUpdate = ReturnType<typeof useUpdateImport>;

/** Goes on with an import as it was shown: stores its rows aside, or makes them rows of the dataset. */
export const useContinueImport = (one: DatasetImport) =>
  useWrite({
    intent: ['continue-import', one.id],
    mutationFn: (step: 'store' | 'apply', headers) => {
      const { version } = queryClient.getQueryData<DatasetImport>(keys.import(one.id)) ?? one;
      const options = { headers: { ...headers, ...ifMatch(version) }, params: importPath(one) };
      return step === 'store'
        ? data(api.POST('/api/organizations/{org}/imports/{import}/store', options))
        : data(api.POST('/api/organizations/{org}/imports/{import}/apply', options));
    },
    onSuccess: remember,
    onError: () => settled(keys.import(one.id)),
  });

export const useCancelImport = (one: DatasetImport) =>
  useWrite({
    intent: ['cancel-import', one.id],
    mutationFn: (_: undefined, headers) =>
      data(
        api.DELETE('/api/organizations/{org}/imports/{import}', {
          headers,
          params: importPath(one),
        }),
      ),
    onSettled: () => settled(keys.imports(one.organization_id)),
  });

/** Lets the browser save the rows that are kept aside. */
export async function saveBadRows(one: DatasetImport): Promise<void> {
  const text = await data(
    api.GET('/api/organizations/{org}/imports/{import}/bad-rows.csv', {
      params: importPath(one),
      parseAs: 'text',
    }),
  );
  saveFile(new Blob([text], { type: 'text/csv' }), `${one.name} bad rows.csv`);
}
