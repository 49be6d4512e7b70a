// The page's half of the demo: asks the agent for a signature, sends it to the portal, shows the verdict.
"use strict";

const AGENT = "wss://127.0.0.1:13579/";
const element = (id) => document.getElementById(id);

/** One request on a socket of its own; resolves with the parsed reply. */
function ask(request) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(AGENT);
    let greeted = false;
    socket.onerror = () => reject(new Error("The agent does not answer at " + AGENT));
    socket.onclose = () => reject(new Error("The agent closed the connection"));
    socket.onmessage = (event) => {
      if (!greeted) {
        greeted = true;
        socket.send(JSON.stringify(request));
        return;
      }
      socket.onclose = null;
      socket.close();
      resolve(JSON.parse(event.data));
    };
  });
}

/** UTF-8 text as base64. */
function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** Text content for an XML element. */
function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

function commonUtils(method, args) {
  return ask({ module: "kz.gov.pki.knca.commonUtils", method, args });
}

const formats = {
  cms: (text) =>
    commonUtils("createCAdESFromBase64", ["PKCS12", "SIGNATURE", base64(text), true]),
  xml: (text) =>
    commonUtils("signXml", [
      "PKCS12",
      "SIGNATURE",
      "<application>" + escaped(text) + "</application>",
      "",
      "",
    ]),
};

async function verdict(format, signature, text) {
  const response = await fetch("/verify", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ format, signature, text }),
  });
  const body = await response.json();
  if (!response.ok) {
    throw new Error(body.error);
  }
  return body;
}

async function sign(format) {
  element("report").hidden = true;
  element("state").textContent = "…";
  for (const button of document.querySelectorAll("button")) {
    button.disabled = true;
  }
  try {
    const text = element("text").value;
    const reply = await formats[format](text);
    if (reply.code !== "200") {
      element("state").textContent = reply.message || "error";
      return;
    }
    const report = await verdict(format, reply.responseObject, text);
    element("verdict").textContent = report.verdict;
    element("verdict").className = report.verdict === "TOTAL_PASSED" ? "passed" : "failed";
    element("reason").textContent = report.reason || "–";
    element("signer").textContent = report.signer || "–";
    element("iin").textContent = report.iin || "–";
    element("signature").value = reply.responseObject;
    element("report").hidden = false;
    element("state").textContent = "Қол қою сәтті аяқталды · Подписание успешно завершено";
  } catch (error) {
    element("state").textContent = error.message;
  } finally {
    for (const button of document.querySelectorAll("button")) {
      button.disabled = false;
    }
  }
}

element("cms").onclick = () => sign("cms");
element("xml").onclick = () => sign("xml");
