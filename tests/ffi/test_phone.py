"""The phone core through its generated side, against the real service: what an app does, from enrolment to the end."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

from officer import Officer
from phone import TAIPEI, Phone
from service import Service, free_port
from sos_mobile_bridge import (
    CancelState,
    Disposition,
    EmergencyKind,
    Fix,
    LinkState,
    SosError,
    SosEvent,
    SosSigner,
    Stage,
    Trigger,
    UnverifiedReason,
    cancel_window_s,
)
from tls import Tls, openssl
from wait import LIMIT_S, until

service = None


def setUpModule():
    global service
    service = Service()


def tearDownModule():
    service.stop()


class WithPhones(unittest.TestCase):
    def folder(self):
        folder = tempfile.TemporaryDirectory(prefix="sos-ffi-")
        self.addCleanup(folder.cleanup)
        return folder.name

    def phone(self, url=None, folder=None, **more):
        phone = Phone(url or service.url, folder or self.folder(), **more)
        self.addCleanup(phone.off)
        return phone

    def enrolled(self, name, **more):
        phone = self.phone(**more)
        asyncio.run(phone.bridge.enrol(service.enrolment_code(name)))
        return phone


class AnApp(WithPhones):
    def test_enrol_press_talk_move_and_be_told_the_truth(self):
        phone = self.phone()
        told, bridge = phone.told, phone.bridge
        self.assertIsNone(bridge.enrolment())
        enrolment = asyncio.run(bridge.enrol(service.enrolment_code("Nguyễn Thị Cầu")))
        self.assertEqual((enrolment.worker_name, enrolment.contract_country), ("Nguyễn Thị Cầu", "TW"))
        self.assertEqual(bridge.enrolment(), enrolment)
        self.assertIsNone(bridge.open_alert())

        pressed = bridge.press(Trigger.HOLD, TAIPEI, EmergencyKind.INJURED, "Ngã giàn giáo", 80)
        self.assertTrue(pressed.saved)
        self.assertEqual(bridge.open_alert(), pressed.alert_id)
        told.receipt(pressed.alert_id, Stage.RECEIVED)
        recorded = told.receipt(pressed.alert_id, Stage.RECORDED)
        lan = Officer(service, "lan")
        case = lan.detail(recorded.case_id)["case"]
        self.assertNotIn("unverified", case)
        self.assertEqual((case["worker_name"], case["kind"]), ("Nguyễn Thị Cầu", "injured"))
        self.officer_comes(lan, told, pressed.alert_id, recorded.case_id)
        self.they_talk(lan, phone, recorded.case_id)
        self.the_phone_moves(lan, phone, recorded.case_id)

        lan.close(recorded.case_id, "resolved")
        closed = told.receipt(pressed.alert_id, Stage.CLOSED)
        self.assertEqual(closed.disposition, Disposition.RESOLVED)
        self.assertIsNone(bridge.open_alert())
        self.assertIsNone(bridge.next_fix_in_s(80), "no alert is open: the app stops measuring")
        state = bridge.alert_state(pressed.alert_id)
        self.assertFalse(state.queued)
        self.assertEqual(state.receipt, closed)
        self.assertEqual([r.stage for r in state.history], list(Stage))
        self.assertNotIn(threading.get_ident(), told.threads, "events come on another thread")
        self.assertEqual(len(told.threads), 1)

    def officer_comes(self, lan, told, alert_id, case_id):
        for command, stage in [("rang", Stage.RANG), ("seen", Stage.SEEN)]:
            lan.command(case_id, command)
            told.receipt(alert_id, stage)
        lan.claim(case_id)
        self.assertEqual(told.receipt(alert_id, Stage.CLAIMED).by, "Nguyễn Thị Lan")

    def they_talk(self, lan, phone, case_id):
        lan.write(case_id, "Chị Lan đây, em giữ máy nhé.")
        heard = phone.told.first("a message", SosEvent.MESSAGE_CAME).message
        self.assertEqual((heard.text, heard.from_officer), ("Chị Lan đây, em giữ máy nhé.", "Nguyễn Thị Lan"))
        with self.assertRaises(SosError.Text):
            phone.bridge.send_message("   ")
        written = phone.bridge.send_message("Em ở tầng 2")
        phone.told.accepted(written)
        chat = [(line.text, line.accepted_at_ms is not None) for line in phone.bridge.messages()]
        self.assertEqual(chat, [("Chị Lan đây, em giữ máy nhé.", True), ("Em ở tầng 2", True)])

        def told_the_desk():
            kinds = [entry["event"]["kind"] for entry in lan.detail(case_id)["timeline"]]
            return "delivered" in kinds and kinds.count("message") == 2

        until("the desk has the message, and knows that its own was delivered", told_the_desk)

    def the_phone_moves(self, lan, phone, case_id):
        self.assertEqual(phone.bridge.next_fix_in_s(80), 10)
        self.assertEqual(phone.bridge.next_fix_in_s(14), 300)
        places = [Fix(lat=25.05, lon=121.52), Fix(lat=25.06, lon=121.53, accuracy_m=-1.0), Fix(lat=91.0, lon=0.0)]
        self.assertEqual(phone.bridge.send_fixes(places), 2, "one of them is not on earth")
        until("the fixes", lambda: len(lan.detail(case_id)["fixes"]) == 3)

    def test_a_press_taken_back_stays_an_alert_until_the_desk_says_otherwise(self):
        phone = self.enrolled("Trần Văn Nhầm")
        alert_id = phone.bridge.press(Trigger.HARDWARE, TAIPEI).alert_id
        self.assertGreater(cancel_window_s(), 0)
        with self.assertRaises(SosError.Id):
            phone.bridge.cancel("nonsense")
        phone.bridge.cancel(alert_id)
        phone.told.accepted(alert_id)
        self.assertEqual(phone.bridge.alert_state(alert_id).cancel, CancelState.ACCEPTED)
        case_id = phone.told.receipt(alert_id, Stage.RECORDED).case_id
        case = Officer(service, "lan").detail(case_id)["case"]
        self.assertEqual(case["state"], "open")
        self.assertIn("cancelled_at_ms", case)

    def test_a_pin_takes_a_press_back_and_the_other_one_only_seems_to(self):
        phone, lan = self.enrolled("Bùi Thị Mã"), Officer(service, "lan")
        with self.assertRaises(SosError.Pin):
            asyncio.run(phone.bridge.set_pins("12", "4321"))
        asyncio.run(phone.bridge.set_pins("1234", "4321"))
        with self.assertRaises(SosError.PinWrong):
            asyncio.run(phone.bridge.set_pins("1111", "2222", "9999"))
        first = phone.bridge.press(Trigger.HOLD, TAIPEI).alert_id
        case_id = phone.told.receipt(first, Stage.RECORDED).case_id
        for pin, code in [(None, "pin_needed"), ("9999", "pin_wrong")]:
            phone.bridge.cancel(first, pin)
            phone.told.first(code, SosEvent.CANCEL_REFUSED, lambda event, code=code: event.code == code)
            until("it is not taken back", lambda: phone.bridge.alert_state(first).cancel == CancelState.NOT_CANCELLED)
        phone.bridge.cancel(first, "1234")
        phone.told.accepted(first)
        until("the desk knows", lambda: "cancelled_at_ms" in lan.detail(case_id)["case"])

        second = phone.bridge.press(Trigger.HOLD, TAIPEI).alert_id
        phone.told.receipt(second, Stage.RECORDED)
        phone.bridge.cancel(second, "4321")
        phone.told.accepted(second)
        self.assertEqual(phone.bridge.alert_state(second).cancel, CancelState.ACCEPTED)
        until("the desk knows better", lambda: "duress_at_ms" in lan.detail(case_id)["case"])
        self.assertEqual(lan.detail(case_id)["case"]["priority"], "p1")

    def test_a_drill_and_a_check_in_raise_no_alarm(self):
        phone, lan = self.enrolled("Cao Văn Thử"), Officer(service, "lan")
        drill = phone.bridge.press(Trigger.CONFIRM, drill=True).alert_id
        case_id = phone.told.receipt(drill, Stage.RECORDED).case_id
        case = lan.detail(case_id)["case"]
        self.assertEqual((case["drill"], case["priority"]), (True, "p3"))
        phone.bridge.cancel(drill)
        closed = phone.told.receipt(drill, Stage.CLOSED)
        self.assertEqual(closed.disposition, Disposition.TEST)
        asyncio.run(phone.bridge.check_in(TAIPEI))
        self.assertIn("last_check_in", lan.detail(case_id))
        with self.assertRaises(SosError.Refused):
            asyncio.run(phone.bridge.set_push_token("no push is set up here"))
        with self.assertRaises(SosError.NotEnrolled):
            asyncio.run(self.phone().bridge.check_in())

    def test_a_code_is_good_once_and_the_error_says_so(self):
        code = service.enrolment_code("Phạm Thị Mã")
        asyncio.run(self.phone().bridge.enrol(code))
        another = self.phone().bridge
        with self.assertRaises(SosError.CodeUsed):
            asyncio.run(another.enrol(code))
        with self.assertRaises(SosError.CodeUnknown):
            asyncio.run(another.enrol("ABCDEFGH2345"))
        with self.assertRaises(SosError.Unreachable):
            asyncio.run(self.phone(f"http://127.0.0.1:{free_port()}").bridge.enrol(code))

    def test_a_press_survives_the_death_of_the_process_and_makes_one_case(self):
        # Nobody listens there until the phone was killed and is on again.
        port = free_port()
        folder = self.folder()
        child = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("press_and_hang.py")), folder, f"http://127.0.0.1:{port}"],
            stdout=subprocess.PIPE, text=True,
        )
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        alert_id = child.stdout.readline().strip()
        os.kill(child.pid, signal.SIGKILL)
        self.assertEqual(child.wait(timeout=LIMIT_S), -signal.SIGKILL)

        phone = self.phone(folder=folder)
        self.assertEqual(phone.bridge.open_alert(), alert_id)
        case_id = phone.told.receipt(alert_id, Stage.RECORDED).case_id
        self.assertFalse(phone.bridge.alert_state(alert_id).queued)
        lan = Officer(service, "lan")
        detail = lan.detail(case_id)
        self.assertEqual((detail["case"]["presses"], detail["case"]["unverified"]), (1, "no_credential"))
        mine = [case for case in lan.cases() if case["case_id"] == case_id]
        self.assertEqual(len(mine), 1)
        opened = [e["event"] for e in detail["timeline"] if e["event"]["kind"] in ("opened", "pressed_again")]
        self.assertEqual([e["alert"]["alert_id"] for e in opened], [alert_id])

    def test_an_app_that_cannot_reach_anybody_is_told_so_and_the_press_waits(self):
        phone = self.phone(f"http://127.0.0.1:{free_port()}")
        alert_id = phone.bridge.press(Trigger.CONFIRM).alert_id
        event = phone.told.first("not sent yet", SosEvent.NOT_SENT_YET)
        self.assertEqual(event.alert_id, alert_id)
        self.assertIsInstance(phone.bridge.link_state(), (LinkState.OFFLINE, LinkState.CONNECTING))
        phone.bridge.network_changed()
        phone.bridge.came_to_front()
        state = phone.bridge.alert_state(alert_id)
        self.assertTrue(state.queued)
        self.assertIsNone(state.receipt)
        phone.off()
        with self.assertRaises(SosError.Closed):
            phone.bridge.press(Trigger.CONFIRM)

    def test_a_listener_that_throws_does_not_stop_the_sos(self):
        phone = self.phone()
        heard = phone.told.on_event

        def throw(event):
            heard(event)
            raise RuntimeError("a bug in the app")

        phone.told.on_event = throw
        alert_id = phone.bridge.press(Trigger.HOLD, TAIPEI).alert_id
        phone.told.receipt(alert_id, Stage.RECORDED)


class OpenSsl(SosSigner):
    """A key outside of the library, as a phone's key store has it: `openssl` signs. Speaks SPKI and DER, as Android."""

    def __init__(self, folder):
        self.key = f"{folder}/key.pem"
        self.signed = 0
        self.locked = False
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.key)

    def public_key(self):
        return openssl("ec", "-in", self.key, "-pubout", "-outform", "DER")

    def sign(self, data):
        if self.locked:
            raise RuntimeError("the phone is locked")
        self.signed += 1
        return openssl("dgst", "-sha256", "-sign", self.key, stdin=data)


class AKeyStore(WithPhones):
    def test_signs_for_the_phone(self):
        signer = OpenSsl(self.folder())
        phone = self.enrolled("Lê Văn Khoá", signer=signer)
        alert_id = phone.bridge.press(Trigger.HOLD, TAIPEI).alert_id
        case_id = phone.told.receipt(alert_id, Stage.RECORDED).case_id
        self.assertNotIn("unverified", Officer(service, "lan").detail(case_id)["case"])
        self.assertGreaterEqual(signer.signed, 2, "for the enrolment, and for the connection")

    def test_that_refuses_makes_the_sos_unverified_but_does_not_keep_it(self):
        signer, folder = OpenSsl(self.folder()), self.folder()
        phone = self.enrolled("Đỗ Thị Khoá", folder=folder, signer=signer)
        phone.off()
        signer.locked = True
        phone = self.phone(folder=folder, signer=signer)
        alert_id = phone.bridge.press(Trigger.HOLD, TAIPEI).alert_id
        case_id = phone.told.receipt(alert_id, Stage.RECORDED).case_id
        case = Officer(service, "lan").detail(case_id)["case"]
        self.assertEqual(case["unverified"], "proof_invalid")
        online = lambda e: isinstance(e.state, LinkState.ONLINE)
        state = phone.told.first("online", SosEvent.LINK_CHANGED, online).state
        self.assertEqual(state.unverified, UnverifiedReason.PROOF_INVALID)


class OverTls(WithPhones):
    def test_only_the_roots_of_the_app_are_believed(self):
        tls = Tls(service.port)
        self.addCleanup(tls.stop)
        phone = self.phone(tls.url, roots=tls.root_pem)
        asyncio.run(phone.bridge.enrol(service.enrolment_code("Vũ Thị Chứng")))
        alert_id = phone.bridge.press(Trigger.HOLD, TAIPEI).alert_id
        phone.told.receipt(alert_id, Stage.RECORDED)
        stranger = self.phone(tls.url)
        stranger.bridge.press(Trigger.HOLD)
        stranger.told.first("not sent yet", SosEvent.NOT_SENT_YET)
        with self.assertRaises(SosError.Unreachable):
            asyncio.run(stranger.bridge.enrol("ABCDEFGH2345"))
        with self.assertRaises(SosError.Trust):
            self.phone(roots="no certificate")
