import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, SERVER } from './programs';
import { environment, type ServiceInfo } from './service';

/** Everybody's, in these tests only. */
export const PASSWORD = 'a-password-for-these-tests';

export interface StaffMember {
  login: string;
  name: string;
  role: string;
  desk?: string;
  /** A reviewer who is shown the names of workers. */
  names?: boolean;
}

export const MINH: StaffMember = { login: 'minh', name: 'Trần Quang Minh', role: 'dispatcher', desk: 'tw-taipei' };
export const LAN: StaffMember = { login: 'lan', name: 'Nguyễn Thị Lan', role: 'dispatcher', desk: 'tw-taipei' };
export const HOA: StaffMember = { login: 'hoa', name: 'Lê Phương Hoa', role: 'dispatcher', desk: 'jp-tokyo' };
export const TAM: StaffMember = { login: 'tam', name: 'Võ Thanh Tâm', role: 'reviewer', names: true };
export const PHUC: StaffMember = { login: 'phuc', name: 'Bùi Hồng Phúc', role: 'reviewer' };
export const DUC: StaffMember = { login: 'duc', name: 'Phạm Minh Đức', role: 'supervisor', desk: 'tw-taipei' };
export const YEN: StaffMember = { login: 'yen', name: 'Hoàng Hải Yến', role: 'duty_officer' };
export const QUAN: StaffMember = { login: 'quan', name: 'Đỗ Mạnh Quân', role: 'administrator' };

/** A worker's phone comes to life with one of these. */
export interface EnrolmentCode {
  code: string;
  name: string;
}

export async function createDesksAndStaff(info: ServiceInfo): Promise<void> {
  const admin = (args: string[], input = '') => run(SERVER, ['admin', ...args], environment(info), input);
  await admin([
    'load-desks',
    ...['--missions', 'server/data/vn_missions.csv'],
    ...['--countries', 'server/data/desk_countries.csv'],
    ...['--time-zones', 'server/data/desk_time_zones.csv'],
  ]);
  await createStaff(info, [MINH, LAN, HOA, TAM, QUAN]);
}

export async function createStaff(info: ServiceInfo, members: readonly StaffMember[]): Promise<void> {
  for (const { login, name, role, desk, names } of members) {
    const at = [...(desk ? ['--desk', desk] : []), ...(names ? ['--names'] : [])];
    const args = ['admin', 'create-staff', '--login', login, '--name', name, '--role', role, ...at, '--password-stdin'];
    await run(SERVER, args, environment(info), PASSWORD);
  }
}

/** Workers of these names, who have signed contracts for Taiwan, and a code for each. */
export async function createWorkers(info: ServiceInfo, names: string[]): Promise<EnrolmentCode[]> {
  const file = join(await mkdtemp(join(tmpdir(), 'sos-browser-')), 'workers.csv');
  const rows = names.map((name, i) => `"${name.replaceAll('"', '""')}",+88691200${String(i).padStart(4, '0')},vi,TW,Xưởng mẫu,"Số 1, Đài Bắc"`);
  await writeFile(file, ['name,phone,language,contract_country,employer,address', ...rows, ''].join('\n'));
  await run(SERVER, ['admin', 'import-workers', '--file', file], environment(info));
  const lines = await run(SERVER, ['admin', 'create-codes', '--workers', 'all-without-device', '--json'], environment(info));
  const codes = lines.split('\n').filter(Boolean).map((line) => JSON.parse(line) as EnrolmentCode);
  return names.map((name) => {
    const found = codes.find((code) => code.name === name);
    if (!found) throw new Error(`no code for ${name}`);
    return found;
  });
}
