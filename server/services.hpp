#pragma once
// What handlers may use besides the database; wired in main, without singletons.
#include <string>
#include <vector>

namespace margelle {

class Passwords;
struct Refusal;
class MasterKey;
class SigningKey;
struct Config;

struct Feed {
    std::string group;
    std::string feed;
};

// Told after each request what has changed. Called on worker threads.
class Announcer {
public:
    virtual ~Announcer() = default;
    virtual void changed(const std::vector<Feed>& feeds) = 0;
    virtual void ended(const std::vector<std::string>& sessions) = 0;
    virtual void mail_queued() = 0;
    virtual void refused(const Refusal& refusal) = 0;       // somebody asked for what they may not read
};

struct Services {
    const Config& config;
    const Passwords& passwords;
    const std::vector<SigningKey>& signing_keys;    // the current one first
    const std::vector<MasterKey>& master_keys;      // the current one first; none: no documents are kept
    Announcer& announcer;
};

}  // namespace margelle
