import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { CaseDetail, CaseList } from '@protocol';
import { PASSWORD, type StaffMember } from '../service/people';
import { listen } from './sound';

export interface Screen {
  width: number;
  height: number;
}

export interface Settings {
  theme?: 'dark' | 'light';
  language?: 'vi' | 'en';
  /** The map of WebGL; by itself the console takes it only where there is a graphics card, and here there is none. */
  map?: 'detailed';
}

export const OFFICE: Screen = { width: 1366, height: 768 };

/** How often an officer presses before saying that the console does not start. */
const PRESSES_MAX = 3;

/** An officer at a console: does what a person does, and sees what is on the screen. */
export class Officer {
  private constructor(
    readonly page: Page,
    readonly context: BrowserContext,
    readonly url: string,
  ) {}

  /** `settings`: what this officer likes on this computer, as the console keeps it. */
  static async at(browser: Browser, url: string, screen: Screen = OFFICE, settings: Settings = {}): Promise<Officer> {
    const context = await browser.newContext({
      viewport: screen,
      locale: 'vi-VN',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const page = await context.newPage();
    await listen(page);
    await page.addInitScript((saved) => {
      const key = 'sos.console.settings';
      if (localStorage.getItem(key) === null) localStorage.setItem(key, saved);
    }, JSON.stringify(settings));
    await page.goto(url);
    return new Officer(page, context, url);
  }

  async signIn(member: StaffMember): Promise<void> {
    await this.page.getByLabel('Tài khoản').fill(member.login);
    await this.page.getByLabel('Mật khẩu', { exact: true }).fill(PASSWORD);
    await this.page.getByRole('button', { name: 'Đăng nhập' }).click();
  }

  /** Signs in and starts the shift, or takes up the one that is running. */
  async startShift(member: StaffMember): Promise<void> {
    await this.signIn(member);
    await this.page.getByRole('button', { name: /bật chuông|trực tiếp/i }).click();
    await this.#passGate();
    await this.page.locator('[data-testid=link][data-link=good]').waitFor();
  }

  /** Presses again where the gate says that something failed, as an officer would. Fails with the words of the gate. */
  async #passGate(): Promise<void> {
    const gate = this.page.locator('dialog[aria-labelledby=gate-title]');
    for (let pressed = 1; pressed <= PRESSES_MAX; pressed++) {
      await this.page.waitForFunction(() => {
        const gate = document.getElementById('gate-title')?.closest('dialog');
        return !gate || gate.querySelector('[role=alert]') !== null;
      });
      if ((await gate.count()) === 0) return;
      await gate.locator('.start').click();
    }
    throw new Error(`the gate stays: ${await gate.innerText()}`);
  }

  row(caseId: string) {
    return this.page.locator(`button[data-case="${caseId}"]`);
  }

  async open(caseId: string): Promise<void> {
    await this.row(caseId).click();
    await this.page.locator(`.case-panel[data-case="${caseId}"][data-status=ready]`).waitFor();
  }

  /** A button of the case that is open. */
  button(name: string) {
    return this.page.locator('.case-panel').getByRole('button', { name });
  }

  async claim(): Promise<void> {
    await this.button('Nhận ca').click();
    await this.state('claimed');
  }

  state(state: 'open' | 'claimed' | 'closed') {
    return this.page.locator(`[data-testid=case-state][data-state=${state}]`).waitFor();
  }

  tab(name: 'Trao đổi' | 'Hỏi' | 'Diễn biến' | 'Hồ sơ' | 'Lân cận' | 'Báo động') {
    return this.page.locator('.case-panel').getByRole('tab', { name }).click();
  }

  queueTab(name: 'Chưa nhận' | 'Của tôi' | 'Đang xử lý' | 'Đã đóng') {
    return this.page.locator('.queue-panel').getByRole('tab', { name }).click();
  }

  async write(text: string): Promise<void> {
    await this.page.getByTestId('compose-message').fill(text);
    await this.page.keyboard.press('Enter');
  }

  async close(disposition: string, summary: string): Promise<void> {
    await this.button('Đóng ca').click();
    const dialog = this.page.getByRole('dialog');
    await dialog.getByText(disposition, { exact: true }).click();
    await dialog.getByTestId('close-summary').fill(summary);
    await dialog.getByRole('button', { name: 'Đóng ca' }).click();
    await this.state('closed');
  }

  /** The open case that was pressed last, if there is one. */
  async newestCase(): Promise<string | undefined> {
    const answer = await this.context.request.get(`${this.url}/api/cases`);
    const { cases } = (await answer.json()) as CaseList;
    const open = cases.filter(({ state }) => state === 'open');
    return open.sort((a, b) => b.opened_at_ms - a.opened_at_ms)[0]?.case_id;
  }

  /** The case as the service gives it to this officer. */
  async detail(caseId: string): Promise<CaseDetail> {
    const answer = await this.context.request.get(`${this.url}/api/cases/${caseId}`);
    if (!answer.ok()) throw new Error(`case ${caseId}: ${answer.status()}`);
    return (await answer.json()) as CaseDetail;
  }

  mapIsDrawn(kind: 'gl' | 'flat' = 'flat') {
    return this.page.locator(`[data-testid=map][data-kind=${kind}][data-state=idle]`).waitFor({ timeout: 60_000 });
  }

  leave(): Promise<void> {
    return this.context.close();
  }
}
