import type {
  AdminLedger,
  CodesMade,
  CoverView,
  CreateCodes,
  DeskSettings,
  DeskSettingsList,
  Holidays,
  NumberEntry,
  Numbers,
  Policy,
  PutRota,
  PutStaff,
  PutWebhook,
  MakeToken,
  StaffAccounts,
  Texts,
  TokenMade,
  Tokens,
  WorkersFound,
} from '@protocol';
import type { Api } from '../api';

/** The routes of administration and cover, one method a route. What a change answers is not read: the list is loaded again. */
export class AdminApi {
  readonly #api: Pick<Api, 'request'>;

  constructor(api: Pick<Api, 'request'>) {
    this.#api = api;
  }

  desks = () => this.#get<DeskSettingsList>('/api/admin/desks');
  putDesk = (body: DeskSettings) => this.#put(`/api/admin/desks/${part(body.desk_id)}`, body);
  numbers = () => this.#get<Numbers>('/api/admin/numbers');
  putNumber = (body: NumberEntry) => this.#put('/api/admin/numbers', body);
  staff = () => this.#get<StaffAccounts>('/api/admin/staff');
  putStaff = (body: PutStaff) => this.#put(`/api/admin/staff/${part(body.account.staff_id)}`, body);
  texts = () => this.#get<Texts>('/api/texts');
  putTexts = (body: Texts) => this.#put('/api/admin/texts', body);
  ledger = () => this.#get<AdminLedger>('/api/admin/ledger');
  tokens = () => this.#get<Tokens>('/api/admin/tokens');
  makeToken = (body: MakeToken) => this.#api.request<TokenMade>('POST', '/api/admin/tokens', body);
  revokeToken = (id: string) => this.#api.request<Tokens>('DELETE', `/api/admin/tokens/${part(id)}`);
  /** By POST, so that a name stands in no address. */
  searchWorkers = (text: string) => this.#api.request<WorkersFound>('POST', '/api/admin/workers/search', { text });
  createCodes = (body: CreateCodes) => this.#api.request<CodesMade>('POST', '/api/admin/codes', body);

  cover = () => this.#get<CoverView>('/api/cover');
  putRota = (body: PutRota) => this.#put(`/api/cover/rotas/${part(body.rota.id)}`, body);
  removeRota = (id: string, version: number) => this.#remove(`/api/cover/rotas/${part(id)}`, version);
  putPolicy = (policy: Policy) => this.#put(`/api/cover/policies/${part(policy.desk)}`, { policy });
  putWebhook = (body: PutWebhook) => this.#put(`/api/cover/webhooks/${part(body.webhook.webhook_id)}`, body);
  removeWebhook = (id: string, version: number) => this.#remove(`/api/cover/webhooks/${part(id)}`, version);
  putHolidays = (body: Holidays) => this.#put('/api/cover/holidays', body);

  #get<T>(path: string): Promise<T> {
    return this.#api.request<T>('GET', path);
  }

  #put(path: string, body: unknown): Promise<unknown> {
    return this.#api.request('PUT', path, body);
  }

  #remove(path: string, version: number): Promise<unknown> {
    return this.#api.request('DELETE', path, { version });
  }
}

function part(id: string): string {
  return encodeURIComponent(id);
}
