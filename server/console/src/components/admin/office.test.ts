// @vitest-environment happy-dom
import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi as mock } from 'vitest';
import { aCover, aDesk, anAdministrator, aPolicy, aRotaView, OpenOffice } from '../../testing/office';
import { aCase, anOfficer, NOON } from '../../testing/samples';
import { LIST_HEAD } from '../../lib/admin/codes';

let office: OpenOffice;
const supervisor = () => anOfficer({ role: 'supervisor' });

beforeEach(() => {
  mock.stubGlobal('fetch', () => Promise.reject(new Error('no base map here')));
  office = new OpenOffice(anAdministrator());
});
afterEach(() => {
  office.stop();
  mock.unstubAllGlobals();
});

async function as(me: typeof office.me) {
  office.stop();
  office = new OpenOffice(me);
}

describe('desks', () => {
  it('are changed with everything that was there, under the version that was seen', async () => {
    office.answer('GET /api/admin/desks', { desks: [aDesk()] });
    office.answer('PUT /api/admin/desks/tw-taipei', {});
    await office.enter('desks');
    await office.press('Đài Bắc');
    expect(office.button('Lưu').disabled).toBe(true);
    await office.type('Hạn nhận ca', '45');
    await office.press('Lưu');
    expect(office.sent).toEqual(aDesk({ claim_target_s: 45 }));
    expect(office.text).toContain('Đã lưu lúc 12:00.');
  });

  it('are not sent while something is wrong, and it is said what', async () => {
    office.answer('GET /api/admin/desks', { desks: [aDesk()] });
    await office.enter('desks');
    await office.press('Đài Bắc');
    await office.type('Các nước phụ trách', 'tw, japan');
    await office.press('Lưu');
    expect(office.text).toContain('“JAPAN” không phải mã nước hai chữ.');
    expect(office.service.requests.some((request) => request.startsWith('PUT'))).toBe(false);
  });

  it('have targets of their own only where they were set, each asking for more than the one before', async () => {
    const common_targets = [{ within_s: 15, wanted_pct: 90 }, { within_s: 20, wanted_pct: 95 }];
    office.answer('GET /api/admin/desks', { desks: [aDesk()], common_targets });
    office.answer('PUT /api/admin/desks/tw-taipei', {});
    await office.enter('desks');
    await office.press('Đài Bắc');
    expect(office.text).toContain('Theo mục tiêu chung: 90% trong 15 giây, 95% trong 20 giây.');
    await office.press('Thêm mục tiêu riêng');
    await office.type('Phần ca', '101');
    await office.press('Lưu');
    expect(office.text).toContain('Mục tiêu: từ 1 đến 3600 giây, từ 1 đến 100%.');
    await office.type('Phần ca', '80');
    await office.press('Lưu');
    expect(office.sent).toEqual(aDesk({ answer_targets: [{ within_s: 15, wanted_pct: 80 }] }));
    await office.press('Thêm mục tiêu riêng');
    await office.press('Dùng mục tiêu chung');
    expect(office.button('Lưu').disabled).toBe(true);
  });

  it('changed by somebody else meanwhile are loaded again', async () => {
    office.answer('GET /api/admin/desks', { desks: [aDesk()] });
    office.refuse('PUT /api/admin/desks/tw-taipei', 'stale_version', 409);
    await office.enter('desks');
    await office.press('Đài Bắc');
    await office.type('Hạn nhận ca', '45');
    await office.press('Lưu');
    expect(office.text).toContain('Thay đổi của bạn CHƯA lưu.');
    office.answer('GET /api/admin/desks', { desks: [aDesk({ version: 3, claim_target_s: 30 })] });
    await office.press('Tải lại');
    expect(office.field('Hạn nhận ca').value).toBe('30');
    expect(office.text).not.toContain('CHƯA lưu');
  });
});

describe('unsaved changes', () => {
  it('are asked about before another room is opened', async () => {
    office.answer('GET /api/admin/desks', { desks: [aDesk()] });
    office.answer('GET /api/admin/staff', { staff: [] });
    await office.enter('desks');
    await office.press('Đài Bắc');
    await office.type('Tên', 'Đài Bắc mới');
    await office.press('Nhân viên');
    expect(office.console.screen.room).toBe('desks');
    await office.press('Ở lại');
    expect(office.field('Tên').value).toBe('Đài Bắc mới');
    await office.press('Nhân viên');
    [...document.querySelectorAll<HTMLElement>('dialog button')].find((b) => b.textContent === 'Bỏ thay đổi')?.click();
    await office.pause();
    expect(office.console.screen.room).toBe('staff');
  });

  it('may be saved or not when no answer comes, and that is what is said', async () => {
    office.answer('GET /api/admin/desks', { desks: [aDesk()] });
    office.service.answers.set('PUT /api/admin/desks/tw-taipei', () => {
      throw new TypeError('Failed to fetch');
    });
    await office.enter('desks');
    await office.press('Đài Bắc');
    await office.type('Tên', 'Đài Bắc mới');
    await office.press('Lưu');
    expect(office.text).toContain('Chưa chắc đã lưu');
    expect(office.field('Tên').value).toBe('Đài Bắc mới');
  });
});

describe('numbers', () => {
  const police = { key: 'TW/police', version: 0, country: 'TW', service: 'police', number: '110', status: 'unverified' };

  it('are marked as called, and one that was only typed is not', async () => {
    office.answer('GET /api/admin/numbers', { numbers: [{ ...police, status: 'verified', verified_by: 'Lan', verified_at_ms: NOON }] });
    office.answer('PUT /api/admin/numbers', {});
    await office.enter('numbers');
    await office.press('Cảnh sát');
    await office.type('Số', '119');
    expect(office.text).toContain('Số vừa sửa chưa ai gọi thử');
    await office.press('Lưu');
    expect(office.sent).toMatchObject({ number: '119', status: 'unverified' });
    await office.press('Đã gọi thử, đúng');
    expect(office.sent).toMatchObject({ key: 'TW/police', status: 'verified' });
  });
});

describe('staff', () => {
  it('are created with an id of the console and a password', async () => {
    office.answer('GET /api/admin/staff', { staff: [] });
    await office.enter('staff');
    await office.press('Thêm nhân viên');
    await office.type('Họ tên', 'Lan');
    await office.type('Tài khoản đăng nhập', 'lan');
    await office.press('Lưu');
    expect(office.text).toContain('Cán bộ trực và phụ trách cần thuộc một bàn trực.');
    expect(office.text).toContain('Mật khẩu cần 10 đến 200 ký tự.');
    await office.type('Bàn trực', 'tw-taipei');
    await office.type('Mật khẩu', 'một mật khẩu dài');
    await office.press('Lưu');
    const sent = office.sent as { account: { staff_id: string } };
    expect(sent).toMatchObject({
      account: { login: 'lan', name: 'Lan', role: 'dispatcher', desk_id: 'tw-taipei', disabled: false },
      password: 'một mật khẩu dài',
    });
    expect(office.service.requests).toContain(`PUT /api/admin/staff/${sent.account.staff_id}`);
  });

  it('keep their password when none is typed', async () => {
    const account = { staff_id: 's2', login: 'lan', name: 'Lan', role: 'dispatcher', desk_id: 'tw-taipei', disabled: false };
    office.answer('GET /api/admin/staff', { staff: [account] });
    office.answer('PUT /api/admin/staff/s2', {});
    await office.enter('staff');
    await office.press('Lan');
    office.field<HTMLInputElement>('Khoá tài khoản').click();
    await office.pause();
    await office.press('Lưu');
    expect(office.sent).toEqual({ account: { ...account, disabled: true } });
  });
});

describe('the rota', () => {
  it('shows gaps in words, and is changed as a whole', async () => {
    await as(supervisor());
    office.answer('PUT /api/cover/rotas/r1', {});
    await office.enter('rotas');
    expect(document.querySelector('[data-testid=gaps]')?.textContent).toContain('1 khoảng KHÔNG có ai trực');
    expect(office.text).toContain('Lan');
    await office.press('Sửa lịch');
    await office.press('Thêm ngoại lệ');
    await office.press('Lưu');
    expect(office.text).toContain('Ngoại lệ 1: chưa chọn người.');
    await office.type('Ai nghỉ', 's1');
    await office.type('Ai trực thay', 's2');
    await office.press('Lưu');
    expect(office.sent).toMatchObject({
      version: 4,
      rota: { id: 'r1', overrides: [{ change: { kind: 'instead', of: 's1', by: 's2' } }] },
    });
  });

  it('is removed under the version that was seen, after it was asked', async () => {
    await as(supervisor());
    office.answer('DELETE /api/cover/rotas/r1', {});
    await office.enter('rotas');
    await office.press('Sửa lịch');
    await office.press('Xoá');
    expect(office.service.count('DELETE /api/cover/rotas/r1')).toBe(0);
    document.querySelector<HTMLElement>('dialog .danger')?.click();
    await office.pause();
    expect(office.sent).toEqual({ version: 4 });
  });

  it('can only be read by a dispatcher', async () => {
    await as(anOfficer());
    await office.enter('rotas');
    expect(document.querySelector('[data-testid=gaps]')).not.toBeNull();
    expect(office.text).toContain('Chỉ xem.');
    expect(office.text).not.toContain('Sửa lịch');
    expect(office.text).not.toContain('Quy tắc báo động');
  });
});

describe('a policy', () => {
  it('begins with the built-in one, is read as sentences and drawn along the time', async () => {
    await as(supervisor());
    office.answer('PUT /api/cover/policies/tw-taipei', {});
    await office.enter('policies');
    expect(office.text).toContain('Bàn này chưa có quy tắc riêng.');
    expect(office.text).toContain('Sau 30 giây: báo trưởng bàn.');
    const times = [...document.querySelectorAll('[data-testid=unanswered] time')].map((time) => time.textContent);
    expect(times).toEqual(['0:00', '0:00', '0:30', '1:00', '1:30', '2:00', '2:30']);
    await office.press('Đặt quy tắc riêng');
    await office.type('Thêm nơi báo…', 'on_call r1');
    expect(document.querySelector('[data-testid=sentence]')?.textContent).toBe(
      'Ngay khi bấm SOS: báo màn hình trực của bàn và người đang trực theo “Trực đêm”.',
    );
    await office.press('Lưu');
    expect(office.sent).toMatchObject({
      policy: {
        desk: 'tw-taipei',
        version: 0,
        common: { steps: [{ targets: [{ kind: 'consoles' }, { kind: 'on_call', rota: 'r1' }] }, {}, {}] },
      },
    });
    expect((office.sent as { policy: { id: string } }).policy.id).not.toBe(aPolicy().id);
  });
});

describe('a webhook', () => {
  it('gets a key that is shown before it is saved, and not afterwards', async () => {
    await as(supervisor());
    await office.enter('webhooks');
    await office.press('Thêm webhook');
    const key = document.querySelector('[data-testid=webhook-key]')?.textContent ?? '';
    expect(key).toMatch(/^whsec_/);
    await office.type('Tên', 'Cổng SMS');
    await office.type('Địa chỉ', 'https://sms.example/sos');
    const webhook = { name: 'Cổng SMS', url: 'https://sms.example/sos', desk: 'tw-taipei', enabled: true, version: 0 };
    office.service.answers.set('GET /api/cover', () => {
      const { webhook_id } = (office.sent as { webhook: { webhook_id: string } }).webhook;
      return Response.json(aCover({ webhooks: [{ ...webhook, webhook_id, version: 1 }] }));
    });
    await office.press('Lưu');
    expect(office.sent).toMatchObject({ webhook, key });
    expect(office.text).not.toContain(key);
    expect(office.text).toContain('Khoá đang dùng không xem lại được.');
  });
});

describe('holidays', () => {
  it('are kept as a whole, under the version that was seen', async () => {
    await as(supervisor());
    office.answer('GET /api/cover', aCover({ holidays_version: 3, holidays: [{ day: '2027-02-06', name: 'Tết' }] }));
    office.answer('PUT /api/cover/holidays', {});
    await office.enter('holidays');
    await office.press('Thêm ngày lễ');
    await office.press('Lưu');
    expect(office.text).toContain('Dòng 2: cần ngày.');
    const [, day] = document.querySelectorAll<HTMLInputElement>('input[type=date]');
    const [, name] = document.querySelectorAll<HTMLInputElement>('[aria-label="Tên ngày lễ"]');
    for (const [field, value] of [[day, '2026-12-25'], [name, 'Giáng sinh']] as const) {
      if (!field) throw new Error('no second line');
      field.value = value;
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }
    await office.pause();
    await office.press('Lưu');
    expect(office.sent).toEqual({
      version: 3,
      days: [
        { day: '2027-02-06', name: 'Tết' },
        { day: '2026-12-25', name: 'Giáng sinh', desk: 'tw-taipei' },
      ],
    });
  });
});

describe('enrolment codes', () => {
  const made = { worker_id: 'w1', name: 'Hương', code: 'ABCD-1234', path: '/app/#code=ABCD-1234', ends_ms: NOON };

  it('are made for one worker, shown once, and not left by accident', async () => {
    office.answer('POST /api/admin/workers/search', { workers: [{ worker_id: 'w1', name: 'Hương', devices: 0 }], without_device: 3 });
    office.answer('POST /api/admin/codes', { codes: [made], bad_rows: [] });
    await office.enter('codes');
    const search = document.querySelector<HTMLInputElement>('#worker-search');
    if (!search) throw new Error('no search');
    search.value = 'Hương';
    search.dispatchEvent(new Event('input', { bubbles: true }));
    search.form?.requestSubmit();
    await office.pause();
    expect(office.sent).toEqual({ text: 'Hương' });
    await office.press('Tạo mã cho Hương');
    expect(office.sent).toEqual({ for: 'worker', worker_id: 'w1' });
    expect(office.text).toContain('ABCD-1234');
    expect(office.text).toContain('MỘT LẦN');
    await mock.waitFor(() => {
      flushSync();
      expect(document.querySelector('svg[aria-label="Mã QR của Hương"] path')).not.toBeNull();
    });
    await office.press('Xong, xoá khỏi màn hình');
    expect(office.text).toContain('ABCD-1234');
    await office.press('Bỏ các mã');
    expect(office.text).not.toContain('ABCD-1234');
  });

  it('of a list with faults are none, and the faults are shown by line and column', async () => {
    office.answer('POST /api/admin/codes', { codes: [], bad_rows: [{ line: 3, column: 'phone', fault: 'no telephone number' }] });
    await office.enter('codes');
    await office.press('Một danh sách');
    const csv = `${LIST_HEAD}\nHương,1,vi,TW,,\n`;
    const drop = document.querySelector('.drop');
    const event = new Event('drop', { bubbles: true });
    Object.assign(event, { dataTransfer: { files: [new File([csv], 'list.csv')] } });
    drop?.dispatchEvent(event);
    await mock.waitFor(() => {
      flushSync();
      expect(office.text).toContain('list.csv: 1 người.');
    });
    await office.press('Tạo mã cho danh sách này');
    expect(office.sent).toEqual({ for: 'list', csv });
    expect(office.text).toContain('CHƯA tạo mã nào.');
    expect([...document.querySelectorAll('td')].map((cell) => cell.textContent)).toEqual(['3', 'phone', 'no telephone number']);
  });

  it('may be made or not when no answer comes, and are not asked for again', async () => {
    office.answer('POST /api/admin/workers/search', { workers: [], without_device: 2 });
    office.service.answers.set('POST /api/admin/codes', () => {
      throw new TypeError('Failed to fetch');
    });
    await office.enter('codes');
    await office.press('Mọi người chưa có máy');
    await office.press('Tạo mã cho tất cả');
    expect(office.text).toContain('Chưa chắc đã tạo');
    expect(office.service.count('POST /api/admin/codes')).toBe(1);
  });
});

describe('texts', () => {
  it('are put in another order by buttons', async () => {
    const [one, two] = [{ vi: 'Một', en: 'One' }, { vi: 'Hai', en: 'Two' }];
    office.answer('GET /api/texts', { version: 7, phrases: [one, two], questions: [], tags: ['a'] });
    office.answer('PUT /api/admin/texts', {});
    await office.enter('texts');
    await office.press('Đưa xuống: Câu 1');
    await office.type('Câu 1, Tiếng Việt', 'Hai\ndòng');
    await office.press('Thêm nhãn');
    await office.press('Lưu');
    expect(office.text).toContain('Nhãn 2: cần 1 đến 80 ký tự.');
    await office.type('Nhãn 2', 'gấp');
    await office.press('Lưu');
    expect(office.sent).toEqual({ version: 7, phrases: [{ ...two, vi: 'Hai dòng' }, one], questions: [], tags: ['a', 'gấp'] });
  });
});

describe('the ledger', () => {
  it('says who changed what', async () => {
    office.answer('GET /api/admin/ledger', {
      entries: [{ seq: 2, at_ms: NOON, by: 'Lan', kind: 'desk', subject: 'tw-taipei', facts: '{"claim_target_s":45}' }],
    });
    await office.enter('ledger');
    expect(office.text).toContain('Lan bàn trực · Đài Bắc tw-taipei');
    expect(office.text).toContain('claim_target_s 45');
  });

  it('calls things by their names where it knows them, with the end of the id beside', async () => {
    const [rota, gone, hook, nobody] = ['rota-0000-1111aaaa', 'rota-0000-2222bbbb', 'hook-0000-3333cccc', 'nobody-0000-4444dddd'];
    const entry = (seq: number, kind: string, subject: string, facts: object) => ({ seq, at_ms: NOON, by: 'Lan', kind, subject, facts: JSON.stringify(facts) });
    const { rota: layout } = aRotaView();
    office.answer('GET /api/cover', aCover({ rotas: [aRotaView({ rota: { ...layout, id: rota } })] }));
    office.answer('GET /api/admin/staff', { staff: [{ staff_id: 's2', login: 'lan', name: 'Nguyễn Lan', role: 'dispatcher', disabled: false }] });
    office.answer('GET /api/admin/ledger', {
      entries: [
        entry(6, 'webhook', hook, { desk: 'tw-taipei', removed: true }),
        entry(5, 'webhook', hook, { desk: 'tw-taipei', name: 'Cổng SMS' }),
        entry(4, 'rota', gone, { desk: 'tw-taipei', removed: true }),
        entry(3, 'rota', rota, { name: 'Trực ngày', layers: [{ turns: { staff: ['s2', nobody] } }] }),
        entry(2, 'policy', 'tw-taipei', { common: { steps: [{ targets: [{ kind: 'on_call', rota }] }] }, note: 'tw-taipei' }),
        entry(1, 'rota', rota, {}),
        entry(0, 'desk', 'tw-taipei', { name: 'Đài Bắc cũ' }),
        entry(-1, 'codes', 'without_device', { codes: 2 }),
        entry(-2, 'texts', 'texts', {}),
      ],
    });
    await office.enter('ledger');
    const lines = [...document.querySelectorAll('ol > li')].map((line) => (line.textContent ?? '').replace(/\s+/g, ' ').trim());
    // A name that is no longer in use is the one it had last; one that was never heard stays an id.
    expect(lines[0]).toContain('webhook · Cổng SMS …3333cccc');
    expect(lines[2]).toContain(`lịch trực · ${gone}`);
    // Each entry says what it was called then; where it does not say, what it is called now.
    expect(lines[3]).toContain('lịch trực · Trực ngày …1111aaaa');
    expect(lines[3]).toContain(`Nguyễn Lan s2, ${nobody}`);
    expect(lines[4]).toContain('quy tắc báo động · Đài Bắc tw-taipei');
    expect(lines[4]).toContain('Trực đêm …1111aaaa');
    expect(lines[4]).toContain('note tw-taipei');
    expect(lines[5]).toContain('lịch trực · Trực đêm …1111aaaa');
    expect(lines[6]).toContain('bàn trực · Đài Bắc cũ tw-taipei');
    expect(lines[7]).toContain('mã ghi danh · mọi người chưa có máy');
    expect(lines[8]).toContain('văn bản Nội dung');
    await office.type('Tìm người, mục…', 'truc dem');
    expect(document.querySelectorAll('ol > li')).toHaveLength(1);
    await office.type('Tìm người, mục…', rota);
    expect(document.querySelectorAll('ol > li')).toHaveLength(2);
  });

  it('that cannot be loaded says so, and is loaded again', async () => {
    office.refuse('GET /api/admin/ledger', 'unavailable', 503);
    await office.enter('ledger');
    expect(office.text).toContain('Chưa tải được danh sách.');
    office.answer('GET /api/admin/ledger', { entries: [] });
    await office.press('Tải lại');
    expect(office.text).toContain('Chưa có thay đổi nào.');
  });
});

describe('an SOS that rings while a room is open', () => {
  it('is shown above it, and opened from there', async () => {
    await as(supervisor());
    await office.enter('rotas');
    office.console.feed.start();
    await office.pause();
    office.service.socket?.onopen?.();
    office.service.cases.set('c1', aCase());
    office.service.send({ type: 'snapshot', more: false, cases: [aCase()], head_seq: 1, server_time_ms: NOON });
    await office.pause();
    const banner = document.querySelector('[data-testid=ring-banner]');
    expect(banner?.getAttribute('role')).toBe('alert');
    expect(banner?.textContent).toContain('SOS ĐANG REO');
    expect(banner?.textContent).toContain('Nguyễn Thị Hương');
    await office.press('Mở ca này');
    expect(office.console.screen.room).toBeNull();
    expect(office.console.shown).toBe('c1');
  });

  it('does not count as seen', async () => {
    await as(supervisor());
    await office.enter('rotas');
    expect(office.console.shown).toBeNull();
  });
});

describe('tokens of other systems', () => {
  const token = {
    token_id: 't1',
    name: 'Cổng dữ liệu',
    desk: 'tw-taipei',
    purposes: ['figures'],
    made_ms: NOON,
    expires_ms: NOON + 86_400_000,
    last_used_ms: NOON,
    days: [{ day: '2026-11-22', uses: 7 }],
  };

  it('are made for what was chosen, shown once, and not left unseen', async () => {
    office.answer('GET /api/admin/tokens', { tokens: [] });
    office.answer('POST /api/admin/tokens', { token: 'sos_api_abc', made: token });
    office.answer('GET /api/admin/staff', { staff: [] });
    await office.enter('tokens');
    await office.press('Tạo mã');
    expect(office.text).toContain('Cần chọn được đọc gì.');
    expect(office.service.requests.some((request) => request.startsWith('POST'))).toBe(false);
    await office.type('Hệ thống nào dùng', 'Cổng dữ liệu');
    await office.type('Được đọc ca của', 'tw-taipei');
    document.querySelector<HTMLInputElement>('input[value=figures]')?.click();
    await office.pause();
    await office.press('Tạo mã');
    expect(office.sent).toEqual({ name: 'Cổng dữ liệu', desk: 'tw-taipei', purposes: ['figures'], days: 90 });
    expect(document.querySelector('[data-testid=token]')?.textContent).toBe('sos_api_abc');
    await office.press('Nhân viên');
    expect(office.console.screen.room).toBe('tokens');
    await office.press('Ở lại');
    await office.press('Đã chép xong');
    expect(office.text).not.toContain('sos_api_abc');
  });

  it('are revoked after a question, and it is said when that was not done', async () => {
    office.answer('GET /api/admin/tokens', { tokens: [token] });
    office.refuse('DELETE /api/admin/tokens/t1', 'unavailable', 503);
    await office.enter('tokens');
    expect(office.text).toContain('7 lần trong những ngày gần nhất');
    await office.press('Thu hồi mã của Cổng dữ liệu');
    expect(office.service.requests.some((request) => request.startsWith('DELETE'))).toBe(false);
    [...document.querySelectorAll<HTMLElement>('dialog button')].find((b) => b.textContent === 'Thu hồi')?.click();
    await office.pause();
    expect(office.text).toContain('CHƯA thu hồi.');
    office.answer('DELETE /api/admin/tokens/t1', { tokens: [] });
    office.answer('GET /api/admin/tokens', { tokens: [{ ...token, revoked_ms: NOON }] });
    await office.press('Thu hồi mã của Cổng dữ liệu');
    [...document.querySelectorAll<HTMLElement>('dialog button')].find((b) => b.textContent === 'Thu hồi')?.click();
    await office.pause();
    expect(office.text).toContain('Đã thu hồi 12:00');
    expect(office.text).not.toContain('CHƯA thu hồi.');
  });
});

describe('a webhook that tells other systems', () => {
  const webhook = { webhook_id: 'w1', name: 'Cổng SMS', url: 'https://sms.example/sos', enabled: true, version: 1, format: 'json' };

  it('is told of what was chosen, in the form that was chosen', async () => {
    office.answer('GET /api/cover', aCover({ webhooks: [webhook as never] }));
    office.answer('PUT /api/cover/webhooks/w1', {});
    await office.enter('webhooks');
    await office.press('Cổng SMS');
    const boxes = [...document.querySelectorAll<HTMLInputElement>('fieldset input[type=checkbox]')];
    boxes[1]?.click();
    boxes[0]?.click();
    await office.pause();
    await office.type('Dạng gửi', 'cap');
    await office.press('Lưu');
    expect(office.sent).toMatchObject({ webhook: { events: ['case_opened', 'case_closed'], format: 'cap' } });
  });

  it('says since when it takes nothing, and what was given up', async () => {
    const feed = { failing_since_ms: NOON, fault: 'no_answer', given_up: 3 };
    office.answer('GET /api/cover', aCover({ webhooks: [{ ...webhook, events: ['case_opened'], feed } as never] }));
    await office.enter('webhooks');
    await office.press('Cổng SMS');
    expect(office.text).toContain('Không nhận từ 12:00:00. Không trả lời.');
    expect(office.text).toContain('3 việc không báo được');
  });
});
