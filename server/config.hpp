#pragma once
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace margelle {

// A wrong or missing value; what() is one clear line.
class ConfigError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Config {
    std::string listen_address;
    unsigned short listen_port = 0;
    std::string public_url;                     // without a slash at the end
    std::string database_url;
    std::optional<std::string> migration_url;
    std::optional<std::string> mail_dir;
    std::optional<std::string> smtp_url, smtp_user, smtp_password, smtp_ca;
    std::string mail_from;
    std::optional<std::string> tls_certificate, tls_key;
    std::optional<std::string> signing_key;     // files, separated by commas: the first key signs, all verify
    std::optional<std::string> master_key;      // files, separated by commas: the first key wraps the groups' keys, all open them
    std::string web_root;
    std::vector<std::string> trusted_proxies;   // addresses
    bool log_json = false;
    std::string log_level;
    std::string group_creation;                 // members, administrators
    std::string host;                           // who hosts the server, said before accepting an agreement
    int limitation_years = 5;                   // after the end of a secrecy, until its acceptance is made anonymous
    int workers = 8;
    bool prepared_statements = true;

    bool secure() const { return public_url.starts_with("https://"); }
};

// From flags, then environment variables, then a file (--config or MARGELLE_CONFIG, lines name = value), then
// defaults. Flags may carry positional arguments of their own, which come back in `rest`. Throws ConfigError.
Config read_config(const std::vector<std::string>& arguments, std::vector<std::string>& rest);

// The table of settings, for --help.
std::string config_help();

}  // namespace margelle
