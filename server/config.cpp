#include "server/config.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/program_options.hpp>
#include <charconv>
#include <fstream>
#include <sstream>

namespace margelle {
namespace {

namespace po = boost::program_options;

po::options_description settings() {
    po::options_description options("Settings (flag, variable MARGELLE_…, or line of the file)");
    const auto text = [] { return po::value<std::string>(); };
    options.add_options()("listen", text()->default_value("127.0.0.1:8080"), "address:port to listen on")("public-url",
        text()->default_value("http://localhost:8080"),
        "the address that people type; https sets Secure cookies and HSTS")("database-url", text(),
        "PostgreSQL as margelle_app (variable DATABASE_URL)")("migration-url", text(), "PostgreSQL as the owner, for migrate and serve")(
        "mail-dir", text(), "folder that receives mails as .eml files")("smtp-url", text(), "smtp://host:port or smtps://host:port")(
        "smtp-user", text(), "user at the mail server")("smtp-password", text(), "password at the mail server")("smtp-ca", text(),
        "certificate of the authority that the mail server's own is checked against, PEM; otherwise the system's")("mail-from",
        text()->default_value("Margelle <margelle@localhost>"),
        "sender of mails")("tls-certificate", text(), "certificate chain, PEM")("tls-key", text(), "its private key, PEM")("signing-key",
        text(), "files, separated by commas, with the key that signs receipts (margelle key new) and then older ones, which still verify")(
        "master-key", text(),
        "files, separated by commas, with the key under which documents are kept (margelle key master) and then older ones, which still open")(
        "web-root", text()->default_value("clients/web/dist"), "folder of the browser client")("trusted-proxies", text()->default_value(""),
        "addresses whose X-Forwarded-For is believed, separated by commas")("log-format", text()->default_value("text"), "text or json")(
        "log-level", text()->default_value("info"), "debug, info, warning or error")(
        "group-creation", text()->default_value("members"), "who may create groups: members or administrators")(
        "host", text()->default_value(""), "who hosts the server, as said to members before they accept an agreement")("limitation-years",
        po::value<int>()->default_value(5), "years that acceptances are kept after the end of the secrecy they promise")(
        "workers", po::value<int>()->default_value(8), "database connections that serve requests")(
        "prepared-statements", po::value<bool>()->default_value(true), "no behind a pooler in transaction mode");
    return options;
}

std::string variable_of(const std::string& setting) {
    if (setting == "database-url") return "DATABASE_URL";
    std::string name = "MARGELLE_" + setting;
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return c == '-' ? '_' : static_cast<char>(std::toupper(c)); });
    return name;
}

std::optional<std::string> maybe(const po::variables_map& values, const char* name) {
    return values.count(name) && !values[name].as<std::string>().empty() ? std::optional(values[name].as<std::string>()) : std::nullopt;
}

void require_one_of(const std::string& value, const char* name, std::initializer_list<std::string_view> allowed) {
    if (std::find(allowed.begin(), allowed.end(), value) == allowed.end()) throw ConfigError(std::string(name) + ": " + value + " is not known");
}

// In the one form that addresses are compared in.
std::string read_address(const std::string& text) {
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(text, error);
    if (error) throw ConfigError("trusted-proxies: " + text + " is not an address");
    return address.to_string();
}

}  // namespace

Config read_config(const std::vector<std::string>& arguments, std::vector<std::string>& rest) try {
    po::options_description all = settings();
    all.add_options()("config", po::value<std::string>(), "file of settings");
    po::variables_map values;
    const auto parsed = po::command_line_parser(arguments).options(all).allow_unregistered().run();
    rest = po::collect_unrecognized(parsed.options, po::include_positional);
    po::store(parsed, values);
    const auto by_variable = [&](const std::string& variable) -> std::string {
        for (const auto& option : all.options())
            if (variable_of(option->long_name()) == variable) return option->long_name();
        return {};
    };
    po::store(po::parse_environment(all, by_variable), values);
    if (const auto file = maybe(values, "config")) {
        std::ifstream stream(*file);
        if (!stream) throw ConfigError("config: cannot read " + *file);
        po::store(po::parse_config_file(stream, all), values);
    }
    po::notify(values);

    Config config;
    const std::string listen = values["listen"].as<std::string>();
    const auto colon = listen.rfind(':');
    const std::string port = colon == std::string::npos ? "" : listen.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), config.listen_port);
    if (port.empty() || error != std::errc{} || end != port.data() + port.size()) throw ConfigError("listen: " + listen + " is not address:port");
    config.listen_address = listen.substr(0, colon);
    if (config.listen_address.starts_with('[') && config.listen_address.ends_with(']'))
        config.listen_address = config.listen_address.substr(1, config.listen_address.size() - 2);
    config.public_url = values["public-url"].as<std::string>();
    while (config.public_url.ends_with('/')) config.public_url.pop_back();
    if (!config.public_url.starts_with("http://") && !config.public_url.starts_with("https://"))
        throw ConfigError("public-url: " + config.public_url + " does not begin with http:// or https://");
    config.database_url = maybe(values, "database-url").value_or("");
    config.migration_url = maybe(values, "migration-url");
    config.mail_dir = maybe(values, "mail-dir");
    config.smtp_url = maybe(values, "smtp-url");
    config.smtp_user = maybe(values, "smtp-user");
    config.smtp_password = maybe(values, "smtp-password");
    config.smtp_ca = maybe(values, "smtp-ca");
    config.mail_from = values["mail-from"].as<std::string>();
    config.tls_certificate = maybe(values, "tls-certificate");
    config.tls_key = maybe(values, "tls-key");
    if (config.tls_certificate.has_value() != config.tls_key.has_value()) throw ConfigError("tls-certificate and tls-key go together");
    config.signing_key = maybe(values, "signing-key");
    config.master_key = maybe(values, "master-key");
    config.web_root = values["web-root"].as<std::string>();
    std::istringstream proxies(values["trusted-proxies"].as<std::string>());
    for (std::string address; std::getline(proxies, address, ',');)
        if (!address.empty()) config.trusted_proxies.push_back(read_address(address));
    require_one_of(values["log-format"].as<std::string>(), "log-format", {"text", "json"});
    config.log_json = values["log-format"].as<std::string>() == "json";
    config.log_level = values["log-level"].as<std::string>();
    require_one_of(config.log_level, "log-level", {"debug", "info", "warning", "error"});
    config.group_creation = values["group-creation"].as<std::string>();
    require_one_of(config.group_creation, "group-creation", {"members", "administrators"});
    config.host = values["host"].as<std::string>();
    config.limitation_years = values["limitation-years"].as<int>();
    if (config.limitation_years < 0 || config.limitation_years > 100) throw ConfigError("limitation-years: between 0 and 100");
    config.workers = values["workers"].as<int>();
    if (config.workers < 1 || config.workers > 256) throw ConfigError("workers: between 1 and 256");
    config.prepared_statements = values["prepared-statements"].as<bool>();
    return config;
} catch (const po::error& error) {
    throw ConfigError(error.what());
}

std::string config_help() {
    std::ostringstream out;
    out << settings();
    return out.str();
}

}  // namespace margelle
