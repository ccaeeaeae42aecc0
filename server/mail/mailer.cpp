#include "server/mail/mailer.hpp"

#include <curl/curl.h>
#include <openssl/evp.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "protocol/ids.hpp"
#include "server/config.hpp"

namespace margelle {
namespace {

bool is_ascii(const std::string& text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
}

// RFC 2047 encoded words, each of at most 45 bytes of text, cut between characters.
std::string header_text(const std::string& text) {
    if (is_ascii(text)) return text;
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = std::min(at + 45, text.size());
        while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
        unsigned char encoded[64];
        EVP_EncodeBlock(encoded, reinterpret_cast<const unsigned char*>(text.data() + at), static_cast<int>(end - at));
        if (!out.empty()) out += "\r\n ";
        out.append("=?UTF-8?B?").append(reinterpret_cast<const char*>(encoded)).append("?=");
        at = end;
    }
    return out;
}

// A name is quoted; one that holds more than ASCII is an encoded word. Control characters never reach a header.
std::string mailbox(const std::string& name, const std::string& address) {
    if (name.empty()) return "<" + address + ">";
    std::string clean = name;
    std::replace_if(clean.begin(), clean.end(), [](unsigned char c) { return c < 0x20 || c == '"' || c == '\\'; }, ' ');
    return (is_ascii(clean) ? '"' + clean + '"' : header_text(clean)) + " <" + address + ">";
}

std::string address_in(const std::string& from) {
    const auto open = from.find('<'), close = from.find('>');
    return open == std::string::npos || close == std::string::npos ? from : from.substr(open + 1, close - open - 1);
}

std::string host_of(const std::string& url) {
    const auto begin = url.find("://") + 3;
    return url.substr(begin, url.find_first_of(":/", begin) - begin);
}

class FolderMailer : public Mailer {
public:
    FolderMailer(std::string folder, const Config& config) : folder_(std::move(folder)), from_(config.mail_from), host_(host_of(config.public_url)) {
        std::error_code error;
        std::filesystem::create_directories(folder_, error);
        if (error) throw ConfigError("mail-dir: cannot create " + folder_);
    }
    void send(const Mail& mail) override {
        // Written under another name first: a reader of the folder never sees half a mail.
        const std::string id = new_id();
        const std::filesystem::path path = std::filesystem::path(folder_) / (id + ".eml"), part = path.string() + ".part";
        std::ofstream stream(part, std::ios::binary);
        stream << format_mail(mail, from_, id, host_);
        if (!stream.flush()) throw std::runtime_error("cannot write " + part.string());
        stream.close();
        std::filesystem::rename(part, path);
    }

private:
    std::string folder_, from_, host_;
};

class SmtpMailer : public Mailer {
public:
    explicit SmtpMailer(const Config& config)
        : url_(*config.smtp_url), user_(config.smtp_user), password_(config.smtp_password), ca_(config.smtp_ca), from_(config.mail_from), host_(host_of(config.public_url)) {
        curl_global_init(CURL_GLOBAL_DEFAULT);
    }
    void send(const Mail& mail) override {
        const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
        std::string text = format_mail(mail, from_, new_id(), host_);
        Upload upload{text, 0};
        const std::string from = "<" + address_in(from_) + ">";
        const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> to(
            curl_slist_append(nullptr, ("<" + mail.to_address + ">").c_str()), curl_slist_free_all);
        char error[CURL_ERROR_SIZE] = "";
        curl_easy_setopt(curl.get(), CURLOPT_URL, url_.c_str());
        curl_easy_setopt(curl.get(), CURLOPT_USE_SSL, user_ ? CURLUSESSL_ALL : CURLUSESSL_TRY);
        if (user_) {
            curl_easy_setopt(curl.get(), CURLOPT_USERNAME, user_->c_str());
            curl_easy_setopt(curl.get(), CURLOPT_PASSWORD, password_.value_or("").c_str());
        }
        if (ca_) curl_easy_setopt(curl.get(), CURLOPT_CAINFO, ca_->c_str());
        curl_easy_setopt(curl.get(), CURLOPT_MAIL_FROM, from.c_str());
        curl_easy_setopt(curl.get(), CURLOPT_MAIL_RCPT, to.get());
        curl_easy_setopt(curl.get(), CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(curl.get(), CURLOPT_READFUNCTION, &read);
        curl_easy_setopt(curl.get(), CURLOPT_READDATA, &upload);
        curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, 30L);
        curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, error);
        const CURLcode result = curl_easy_perform(curl.get());
        if (result != CURLE_OK) throw std::runtime_error(*error ? error : curl_easy_strerror(result));
    }

private:
    struct Upload {
        const std::string& text;
        std::size_t at;
    };
    static std::size_t read(char* buffer, std::size_t size, std::size_t count, void* data) {
        auto& upload = *static_cast<Upload*>(data);
        const std::size_t n = std::min(size * count, upload.text.size() - upload.at);
        std::memcpy(buffer, upload.text.data() + upload.at, n);
        upload.at += n;
        return n;
    }

    std::string url_;
    std::optional<std::string> user_, password_, ca_;
    std::string from_, host_;
};

}  // namespace

std::string format_mail(const Mail& mail, const std::string& from, const std::string& id, const std::string& host) {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    char date[64];
    std::tm utc{};
    std::strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S +0000", gmtime_r(&now, &utc));
    const auto open = from.find('<');
    std::string sender_name = open == std::string::npos ? "" : from.substr(0, open);
    while (sender_name.ends_with(' ')) sender_name.pop_back();
    std::string out = "Date: " + std::string(date) + "\r\nFrom: " + mailbox(sender_name, address_in(from)) + "\r\nTo: " + mailbox(mail.to_name, mail.to_address) +
                      "\r\nSubject: " + header_text(mail.subject) + "\r\nMessage-ID: <" + id + "@" + host +
                      ">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n";
    if (mail.one_click_stop)
        out += "List-Unsubscribe: <" + *mail.one_click_stop + ">\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
    out += "\r\n";
    for (const char c : mail.body) {
        if (c == '\n') out += '\r';
        out += c;
    }
    return out;
}

std::unique_ptr<Mailer> make_mailer(const Config& config) {
    if (config.smtp_url) return std::make_unique<SmtpMailer>(config);
    if (config.mail_dir) return std::make_unique<FolderMailer>(*config.mail_dir, config);
    throw ConfigError("choose how mail leaves: smtp-url (MARGELLE_SMTP_URL) or mail-dir (MARGELLE_MAIL_DIR)");
}

}  // namespace margelle
