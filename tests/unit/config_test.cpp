#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "protocol/ids.hpp"
#include "server/commands/signing_keys.hpp"
#include "server/config.hpp"
#include "server/mail/mailer.hpp"

using namespace margelle;

namespace {

Config read(const std::vector<std::string>& arguments) {
    std::vector<std::string> rest;
    return read_config(arguments, rest);
}

// The one line that a wrong value gets.
std::string refusal(const std::vector<std::string>& arguments) {
    try {
        read(arguments);
        return "";
    } catch (const ConfigError& error) {
        const std::string line = error.what();
        BOOST_TEST(line.find('\n') == std::string::npos);
        return line;
    }
}

struct Variable {
    Variable(const char* name, const char* value) : name(name) { setenv(name, value, 1); }
    ~Variable() { unsetenv(name); }
    const char* name;
};

struct File {
    explicit File(const char* text) : path(std::filesystem::temp_directory_path() / ("margelle-" + new_id())) { std::ofstream(path) << text; }
    ~File() { std::filesystem::remove(path); }
    std::filesystem::path path;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(configuration)

BOOST_AUTO_TEST_CASE(without_settings_the_defaults_hold) {
    const Config config = read({});
    BOOST_TEST(config.listen_address == "127.0.0.1");
    BOOST_TEST(config.listen_port == 8080);
    BOOST_TEST(config.workers == 8);
    BOOST_TEST(!config.secure());
    BOOST_TEST(config.group_creation == "members");
}

BOOST_AUTO_TEST_CASE(a_flag_wins_over_a_variable_and_a_variable_over_a_file) {
    const File file("workers = 3\nhost = Agglomération\nlog-level = debug\n");
    const Variable variable("MARGELLE_WORKERS", "4"), level("MARGELLE_LOG_LEVEL", "error");
    const Config config = read({"--config", file.path, "--log-level", "warning"});
    BOOST_TEST(config.workers == 4);
    BOOST_TEST(config.host == "Agglomération");
    BOOST_TEST(config.log_level == "warning");
}

BOOST_AUTO_TEST_CASE(the_database_has_the_variable_that_everybody_expects) {
    const Variable variable("DATABASE_URL", "postgresql:///x");
    BOOST_TEST(read({}).database_url == "postgresql:///x");
}

BOOST_AUTO_TEST_CASE(an_address_may_be_of_version_6) {
    const Config config = read({"--listen", "[::1]:80"});
    BOOST_TEST(config.listen_address == "::1");
    BOOST_TEST(config.listen_port == 80);
}

BOOST_AUTO_TEST_CASE(the_public_address_loses_its_last_slash) {
    const Config config = read({"--public-url", "https://margelle.example/"});
    BOOST_TEST(config.public_url == "https://margelle.example");
    BOOST_TEST(config.secure());
}

BOOST_AUTO_TEST_CASE(trusted_proxies_are_a_list) {
    const std::vector<std::string> proxies = read({"--trusted-proxies", "10.0.0.1,10.0.0.2"}).trusted_proxies;
    BOOST_TEST(proxies == (std::vector<std::string>{"10.0.0.1", "10.0.0.2"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(positional_arguments_come_back) {
    std::vector<std::string> rest;
    read_config({"add", "a@example.org", "--workers", "2"}, rest);
    BOOST_TEST(rest == (std::vector<std::string>{"add", "a@example.org"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_wrong_value_gets_one_line_that_names_it) {
    const std::vector<std::pair<std::vector<std::string>, std::string>> wrong{
        {{"--listen", "8080"}, "listen"}, {{"--listen", "127.0.0.1:http"}, "listen"}, {{"--listen", "127.0.0.1:99999"}, "listen"}, {{"--listen", "127.0.0.1:"}, "listen"},
        {{"--public-url", "margelle.example"}, "public-url"}, {{"--public-url", "ftp://margelle.example"}, "public-url"}, {{"--public-url", "https://"}, "public-url"},
        {{"--workers", "0"}, "workers"}, {{"--workers", "257"}, "workers"}, {{"--workers", "many"}, "workers"}, {{"--limitation-years", "-1"}, "limitation-years"}, {{"--log-level", "loud"}, "log-level"},
        {{"--log-format", "xml"}, "log-format"}, {{"--group-creation", "nobody"}, "group-creation"}, {{"--tls-certificate", "a.pem"}, "tls-key"},
        {{"--tls-key", "a.pem"}, "tls-certificate"}, {{"--prepared-statements", "perhaps"}, "prepared-statements"}, {{"--config", "/nowhere"}, "/nowhere"},
        {{"--trusted-proxies", "proxy.example"}, "trusted-proxies"}};
    for (const auto& [arguments, word] : wrong) BOOST_TEST(refusal(arguments).find(word) != std::string::npos, arguments[0] << " " << arguments[1] << ": " << refusal(arguments));
}

BOOST_AUTO_TEST_CASE(an_unknown_line_of_the_file_gets_one_line_that_names_it) {
    const File file("wrokers = 3\n");
    BOOST_TEST(refusal({"--config", file.path}).find("wrokers") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(several_files_of_keys_are_read_in_their_order) {
    const SigningKey first = SigningKey::generate(), second = SigningKey::generate(), third = SigningKey::generate();
    const File fresh(first.private_pem().c_str()), older((second.private_pem() + third.private_pem()).c_str()), none("no key");
    for (const File* file : {&fresh, &older, &none}) std::filesystem::permissions(file->path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    std::string ids;
    for (const SigningKey& key : commands::load_signing_keys(read({"--signing-key", fresh.path.string() + "," + older.path.string()}))) ids += key.key_id();
    BOOST_TEST(ids == first.key_id() + second.key_id() + third.key_id());
    BOOST_CHECK_THROW(commands::load_signing_keys(read({"--signing-key", fresh.path.string() + "," + none.path.string()})), ConfigError);
}

BOOST_AUTO_TEST_CASE(mail_needs_a_choice) {
    BOOST_CHECK_EXCEPTION(make_mailer(read({})), ConfigError, [](const ConfigError& error) { return std::string(error.what()).find("MARGELLE_MAIL_DIR") != std::string::npos; });
}

BOOST_AUTO_TEST_CASE(the_help_names_every_setting) {
    for (const char* name : {"--listen", "--public-url", "--database-url", "--mail-dir", "--smtp-url", "--signing-key"}) BOOST_TEST(config_help().find(name) != std::string::npos, name);
}

BOOST_AUTO_TEST_SUITE_END()
