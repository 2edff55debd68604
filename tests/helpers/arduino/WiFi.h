// The WiFi library of boards with an ESP32, as far as the sketch of docs/devices.md uses it.
#pragma once
#include "Arduino.h"

enum wl_status_t { WL_IDLE_STATUS = 0, WL_CONNECTED = 3 };
class Client {};
class WiFiClient : public Client {};
class WiFiClass {
 public:
  wl_status_t begin(const char *ssid, const char *passphrase);
  wl_status_t status();
};
extern WiFiClass WiFi;
