"""An officer of the desk, over the HTTP interface of the console."""

import http.cookiejar
import json
import urllib.request
import uuid

from service import PASSWORD


class Officer:
    def __init__(self, service, login):
        self.url = service.url
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.http = urllib.request.build_opener(jar)
        self.ask("POST", "/api/session", {"login": login, "password": PASSWORD})

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {} if data is None else {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with self.http.open(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def cases(self):
        return self.ask("GET", "/api/cases")["cases"]

    def detail(self, case_id):
        return self.ask("GET", f"/api/cases/{case_id}")

    def command(self, case_id, command, body=None):
        return self.ask("POST", f"/api/cases/{case_id}/{command}", body)["case"]

    def claim(self, case_id):
        return self.command(case_id, "claim", {"version": self.detail(case_id)["case"]["version"]})

    def write(self, case_id, text):
        return self.command(case_id, "messages", {"message_id": str(uuid.uuid4()), "text": text})

    def close(self, case_id, disposition):
        version = self.detail(case_id)["case"]["version"]
        body = {"version": version, "disposition": disposition, "summary": "Đã an toàn"}
        return self.command(case_id, "close", body)
