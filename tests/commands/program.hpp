#pragma once
// The executable, run with arguments, a standard input and a database.
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "tests/support/database.hpp"

namespace margelle::tests {

using Environment = std::map<std::string, std::string>;

class Program {
public:
    // `more` is added to the database's two addresses and a key of its own; an empty value takes a variable away.
    Program(const ScratchDatabase& database, const std::vector<std::string>& arguments, const std::string& input = "", Environment more = {});
    ~Program();     // ends it
    Program(const Program&) = delete;

    bool running();
    // Its exit status, once it has ended.
    int wait();
    void send(int signal);
    std::string output() const;
    std::string errors() const;

private:
    const std::filesystem::path folder_;
    pid_t process_ = 0;
    std::optional<int> status_;     // as waitpid gives it
};

}  // namespace margelle::tests
