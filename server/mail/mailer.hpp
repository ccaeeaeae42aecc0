#pragma once
// The small interface through which mails leave.
#include <memory>
#include <optional>
#include <string>

namespace margelle {

struct Config;

struct Mail {
    std::string to_address, to_name;
    std::string subject;
    std::string body;                               // plain text, UTF-8
    std::optional<std::string> one_click_stop;      // address for List-Unsubscribe (RFC 8058)
};

// A message as RFC 5322 wants it, lines ended by CRLF.
std::string format_mail(const Mail& mail, const std::string& from, const std::string& id, const std::string& host);

class Mailer {
public:
    virtual ~Mailer() = default;
    // Hands a mail over. Throws std::runtime_error with the server's answer.
    virtual void send(const Mail& mail) = 0;
};

// By SMTP (libcurl, TLS where the server offers it, required with smtps://) or into a folder of .eml files, as
// configured. Throws ConfigError when neither is.
std::unique_ptr<Mailer> make_mailer(const Config& config);

}  // namespace margelle
