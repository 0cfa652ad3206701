import type { ServiceInfo } from './service';
import { PASSWORD, type StaffMember } from './people';

/** An officer without a console: what somebody has set up before a story begins. */
export class StaffApi {
  private constructor(
    readonly url: string,
    readonly cookie: string,
  ) {}

  static async as(info: ServiceInfo, { login }: StaffMember): Promise<StaffApi> {
    const answer = await send(`${info.url}/api/session`, 'POST', { login, password: PASSWORD });
    const cookie = answer.headers.getSetCookie().map((set) => set.split(';')[0]).join('; ');
    return new StaffApi(info.url, cookie);
  }

  async put(path: string, body: object): Promise<void> {
    await send(`${this.url}${path}`, 'PUT', body, { cookie: this.cookie });
  }
}

async function send(url: string, method: string, body: object, more: Record<string, string> = {}): Promise<Response> {
  const headers = { 'content-type': 'application/json', ...more };
  const answer = await fetch(url, { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${new URL(url).pathname}: ${answer.status} ${await answer.text()}`);
  return answer;
}
