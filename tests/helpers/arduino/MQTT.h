// Joël Gähwiler's MQTT library 2.5, as far as the sketch of docs/devices.md uses it.
#pragma once
#include "WiFi.h"

class MQTTClient {
 public:
  explicit MQTTClient(int bufSize = 128);
  void begin(const char hostname[], int port, Client &client);
  bool connect(const char clientID[], const char username[], const char password[], bool skip = false);
  bool publish(const char topic[], const String &payload, bool retained, int qos);
  bool connected();
  bool loop();
};
