#include "tests/commands/program.hpp"

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

#include "protocol/ids.hpp"
#include "protocol/receipt.hpp"

namespace margelle::tests {
namespace {

std::string read(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (std::string& text : texts) all.push_back(text.data());
    all.push_back(nullptr);
    return all;
}

}  // namespace

Program::Program(const ScratchDatabase& database, const std::vector<std::string>& arguments, const std::string& input, Environment more)
    : folder_(std::filesystem::temp_directory_path() / ("margelle-program-" + new_id())) {
    std::filesystem::create_directory(folder_);
    std::ofstream(folder_ / "in") << input;
    const std::filesystem::path key = folder_ / "key";
    std::ofstream(key) << SigningKey::generate().private_pem();
    std::filesystem::permissions(key, std::filesystem::perms::owner_read);
    more.insert({{"DATABASE_URL", database.app_url()}, {"MARGELLE_MIGRATION_URL", database.owner_url()}, {"MARGELLE_SIGNING_KEY", key}});
    std::vector<std::string> words{MARGELLE_BINARY}, variables;
    words.insert(words.end(), arguments.begin(), arguments.end());
    for (const auto& [name, value] : more)
        if (!value.empty()) variables.push_back(name + "=" + value);
    const auto argv = pointers(words), environment = pointers(variables);
    const std::string in = folder_ / "in", out = folder_ / "out", err = folder_ / "err";
    process_ = fork();
    if (process_ == -1) throw std::runtime_error("cannot fork");
    if (process_ == 0) {
        dup2(open(in.c_str(), O_RDONLY), STDIN_FILENO);
        dup2(open(out.c_str(), O_CREAT | O_WRONLY, 0600), STDOUT_FILENO);
        dup2(open(err.c_str(), O_CREAT | O_WRONLY, 0600), STDERR_FILENO);
        execve(argv[0], argv.data(), environment.data());
        _exit(127);
    }
}

Program::~Program() {
    if (running()) {
        send(SIGKILL);
        wait();
    }
    std::filesystem::remove_all(folder_);
}

bool Program::running() {
    int status = 0;
    if (!status_ && waitpid(process_, &status, WNOHANG) == process_) status_ = status;
    return !status_;
}

int Program::wait() {
    int status = 0;
    if (!status_ && waitpid(process_, &status, 0) == process_) status_ = status;
    return WIFEXITED(*status_) ? WEXITSTATUS(*status_) : 128 + WTERMSIG(*status_);
}

void Program::send(int signal) { kill(process_, signal); }

std::string Program::output() const { return read(folder_ / "out"); }

std::string Program::errors() const { return read(folder_ / "err"); }

}  // namespace margelle::tests
