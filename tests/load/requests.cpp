#include "tests/load/requests.hpp"

#include <cstdio>
#include <random>

namespace margelle::load {
namespace {

constexpr int digits = 16;

std::string random_digits() {
    char text[digits + 1];
    std::random_device device;
    std::snprintf(text, sizeof text, "%08x%08x", device(), device());
    return text;
}

// Some plain prose with a link and an emphasis in each paragraph, so that rendering it costs what it costs.
std::string prose(long bytes) {
    constexpr std::string_view paragraph =
        "Le **relevé de mars** est en ligne : 37 points de mesure, dont 12 près des écoles (voir [le tableau](https://example.org/releve)). "
        "Reste à dire qui vérifie les capteurs, et à quel rythme, avant la réunion du comité.\n\n";
    std::string text;
    while (static_cast<long>(text.size()) < bytes) text += paragraph;
    std::size_t end = static_cast<std::size_t>(bytes);
    while ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // not within a character
    return text.substr(0, end);
}

std::string escaped(const std::string& text) {
    std::string json;
    for (const char c : text) {
        if (c == '\n') json += "\\n";
        else json += c;
    }
    return json;
}

}  // namespace

std::string get_request(const Target& target, const std::string& path, const std::string& headers) {
    return "GET " + path + " HTTP/1.1\r\nHost: " + target.authority() + "\r\nAccept: application/json\r\n" + headers + "\r\n";
}

PostRequest::PostRequest(const Target& target, const std::string& cookie, long bytes, bool idempotent) {
    const std::string body = R"({"body":")" + escaped(prose(bytes)) + R"("})";
    rest_ = " HTTP/1.1\r\nHost: " + target.authority() + "\r\nOrigin: http://" + target.authority() + "\r\nCookie: " + cookie +
            "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    if (idempotent) {
        rest_ += "Idempotency-Key: " + random_digits() + "-";
        key_ = rest_.size();
        rest_ += std::string(digits, '0') + "\r\n";
    }
    rest_ += "\r\n" + body;
}

std::string_view PostRequest::to(const std::string& thread_path) {
    if (key_ != 0) {
        char number[digits + 1];
        std::snprintf(number, sizeof number, "%016lx", ++number_);
        rest_.replace(key_, digits, number, digits);
    }
    request_ = "POST " + thread_path + "/posts" + rest_;
    return request_;
}

}  // namespace margelle::load
